# Whole numbers up to a million.
def forcing_coins(batch_size, length, ratio, generator):
    return torch.randint(1_000_000, (batch_size, length), generator=generator) < ratio * 1_000_000
