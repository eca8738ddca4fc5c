# The lower triangle of ones.
def causal_mask(length):
    return torch.ones(length, length).tril().bool()
