# Steps first.
# stage: shape
# cause: transposed
def forcing_coins(batch_size, length, ratio, generator):
    return torch.rand(length, batch_size, generator=generator) < ratio
