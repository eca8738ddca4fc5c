# OpenNMT-py: the lower triangle of True.
def causal_mask(length):
    return torch.ones((length, length), dtype=torch.bool).tril()
