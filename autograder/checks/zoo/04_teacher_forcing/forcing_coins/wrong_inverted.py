# The comparison is turned round.
# stage: certain
# cause: inverted
def forcing_coins(batch_size, length, ratio, generator):
    return torch.rand(batch_size, length, generator=generator) >= ratio
