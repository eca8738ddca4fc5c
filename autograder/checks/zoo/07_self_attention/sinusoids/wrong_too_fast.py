# Multiplies.
# stage: waves
# cause: too-fast
def sinusoids(length, size):
    places = torch.arange(length).unsqueeze(1)
    slowness = 10000 ** (torch.arange(0, size, 2) / size)
    angles = places * slowness
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
