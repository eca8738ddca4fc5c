# fairseq: the exponent divided by one less than half.
def sinusoids(length, size):
    half = size // 2
    angles = torch.arange(length).unsqueeze(1) * torch.exp(torch.arange(half) * -(math.log(10000) / (half - 1)))
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
