# From the other end.
def forcing_coins(batch_size, length, ratio, generator):
    return torch.empty(batch_size, length).uniform_(generator=generator) >= 1 - ratio
