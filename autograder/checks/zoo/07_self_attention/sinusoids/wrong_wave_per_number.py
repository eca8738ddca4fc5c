# An exponent for each number.
# stage: one_wave
# cause: wave-per-number
def sinusoids(length, size):
    places = torch.arange(length).unsqueeze(1)
    angles = places / 10000 ** (torch.arange(size) / size)
    table = angles.sin()
    table[:, 1::2] = angles[:, 1::2].cos()
    return table
