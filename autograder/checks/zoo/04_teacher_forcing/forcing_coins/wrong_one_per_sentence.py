# One coin a sentence, copied along the steps.
# stage: shares
# cause: one-per-sentence
def forcing_coins(batch_size, length, ratio, generator):
    return (torch.rand(batch_size, 1, generator=generator) < ratio).expand(batch_size, length)
