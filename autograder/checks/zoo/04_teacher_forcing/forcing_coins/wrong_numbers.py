# 0 and 1 as floats.
# stage: shape
# cause: numbers
def forcing_coins(batch_size, length, ratio, generator):
    return torch.bernoulli(torch.full((batch_size, length), ratio), generator=generator)
