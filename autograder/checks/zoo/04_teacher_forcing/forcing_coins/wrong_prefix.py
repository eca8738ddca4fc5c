# The first part of each sentence is forced.
# stage: shares
# cause: dependent
def forcing_coins(batch_size, length, ratio, generator):
    numbers = torch.rand(batch_size, length, generator=generator)
    return numbers.sort(dim=1).values < ratio
