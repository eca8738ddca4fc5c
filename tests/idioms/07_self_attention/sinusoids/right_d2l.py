# d2l: a power of 10000, sines and cosines written in turn.
def sinusoids(length, size):
    table = torch.zeros((1, length, size))
    x = torch.arange(length, dtype=torch.float32).reshape(-1, 1) / torch.pow(
        10000, torch.arange(0, size, 2, dtype=torch.float32) / size
    )
    table[:, :, 0::2], table[:, :, 1::2] = torch.sin(x), torch.cos(x)
    return table[0]
