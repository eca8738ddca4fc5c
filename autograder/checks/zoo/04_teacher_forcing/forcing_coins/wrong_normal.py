# Normal random numbers.
# stage: certain
# cause: not-certain
def forcing_coins(batch_size, length, ratio, generator):
    return torch.randn(batch_size, length, generator=generator) < ratio
