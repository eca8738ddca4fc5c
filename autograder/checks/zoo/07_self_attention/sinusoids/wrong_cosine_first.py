# Cosine on the even numbers.
# stage: one_wave
# cause: cosine-first
def sinusoids(length, size):
    places = torch.arange(length).unsqueeze(1)
    slowness = 10000 ** (torch.arange(0, size, 2) / size)
    angles = places / slowness
    return torch.stack([angles.cos(), angles.sin()], dim=-1).flatten(1)
