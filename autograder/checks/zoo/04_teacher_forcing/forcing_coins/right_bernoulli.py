# bernoulli.
def forcing_coins(batch_size, length, ratio, generator):
    return torch.bernoulli(torch.full((batch_size, length), float(ratio)), generator=generator).bool()
