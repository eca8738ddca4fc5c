# One coin for the batch.
# stage: shape
# cause: one-for-all
def forcing_coins(batch_size, length, ratio, generator):
    return torch.rand((), generator=generator) < ratio
