# Sines, then cosines.
# stage: waves
# cause: side-by-side
def sinusoids(length, size):
    places = torch.arange(length).unsqueeze(1)
    slowness = 10000 ** (torch.arange(0, size, 2) / size)
    angles = places / slowness
    return torch.cat([angles.sin(), angles.cos()], dim=1)
