# Written into every other column.
def sinusoids(length, size):
    table = torch.zeros(length, size)
    place = torch.arange(length, dtype=torch.float).unsqueeze(1)
    factor = torch.exp(torch.arange(0, size, 2) * (-math.log(10000.0) / size))
    table[:, 0::2] = torch.sin(place * factor)
    table[:, 1::2] = torch.cos(place * factor)
    return table
