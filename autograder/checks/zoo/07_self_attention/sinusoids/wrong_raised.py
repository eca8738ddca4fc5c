# Places are no column.
# stage: waves
# cause: raised
def sinusoids(length, size):
    places = torch.arange(length)
    slowness = 10000 ** (torch.arange(0, size, 2) / size)
    angles = places / slowness
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
