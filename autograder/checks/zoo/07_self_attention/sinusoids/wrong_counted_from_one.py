# The first place is 1.
# stage: one_wave
# cause: counted-from-one
def sinusoids(length, size):
    places = torch.arange(1, length + 1).unsqueeze(1)
    slowness = 10000 ** (torch.arange(0, size, 2) / size)
    angles = places / slowness
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
