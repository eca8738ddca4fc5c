# Twice two i.
# stage: waves
# cause: exponent-doubled
def sinusoids(length, size):
    places = torch.arange(length).unsqueeze(1)
    slowness = 10000 ** (2 * torch.arange(0, size, 2) / size)
    angles = places / slowness
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
