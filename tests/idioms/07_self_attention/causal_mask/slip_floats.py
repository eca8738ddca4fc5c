# PyTorch: 0 and minus infinity.
def causal_mask(length):
    return torch.full((length, length), -torch.inf).triu(1)
