# The Annotated Transformer: the exponential of a logarithm.
def sinusoids(length, size):
    pe = torch.zeros(length, size)
    position = torch.arange(0, length).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, size, 2) * -(math.log(10000.0) / size))
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)
    return pe
