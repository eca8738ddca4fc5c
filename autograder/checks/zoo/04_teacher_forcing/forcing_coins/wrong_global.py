# The generator is not used.
# stage: generator
# cause: generator-ignored
def forcing_coins(batch_size, length, ratio, generator):
    return torch.rand(batch_size, length) < ratio
