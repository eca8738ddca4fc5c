# Two coins must both be True.
# stage: shares
# cause: wrong-share
def forcing_coins(batch_size, length, ratio, generator):
    first, second = torch.rand(2, batch_size, length, generator=generator)
    return (first < ratio) & (second < ratio)
