# Stacked and flattened.
def sinusoids(length, size):
    angles = torch.outer(torch.arange(length).float(), 10000 ** (-torch.arange(size // 2) * 2 / size))
    return torch.stack([angles.sin(), angles.cos()], dim=-1).reshape(length, size)
