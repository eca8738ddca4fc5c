# Forgets the 2 of 2i.
# stage: waves
# cause: exponent-halved
def sinusoids(length, size):
    places = torch.arange(length).unsqueeze(1)
    slowness = 10000 ** (torch.arange(size // 2) / size)
    angles = places / slowness
    patterns = torch.empty(length, size)
    patterns[:, 0::2] = angles.sin()
    patterns[:, 1::2] = angles.cos()
    return patterns
