# bernoulli.
def forcing_coins(batch_size, length, ratio, generator):
    return torch.full((batch_size, length), float(ratio)).bernoulli_(generator=generator).bool()
