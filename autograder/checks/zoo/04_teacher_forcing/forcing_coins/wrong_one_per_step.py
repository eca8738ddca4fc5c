# One coin a step, copied over the batch.
# stage: shares
# cause: one-per-step
def forcing_coins(batch_size, length, ratio, generator):
    return (torch.rand(length, generator=generator) < ratio).repeat(batch_size, 1)
