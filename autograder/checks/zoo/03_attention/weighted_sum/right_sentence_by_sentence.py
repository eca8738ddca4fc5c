# One sentence at a time.
def weighted_sum(weights, states):
    return torch.stack([row @ block for row, block in zip(weights, states, strict=True)])
