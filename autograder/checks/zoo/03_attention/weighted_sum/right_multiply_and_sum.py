# Products first, then the sum.
def weighted_sum(weights, states):
    return (weights[..., None] * states).sum(dim=1)
