# An outer product.
def sinusoids(length, size):
    speeds = 10000.0 ** -(torch.arange(size // 2) * 2 / size)
    angles = torch.outer(torch.arange(length).float(), speeds)
    return torch.cat([angles.sin()[:, :, None], angles.cos()[:, :, None]], dim=2).reshape(length, size)
