# d2l: without the place itself.
def causal_mask(length):
    return torch.ones(length, length, dtype=torch.bool).tril(-1)
