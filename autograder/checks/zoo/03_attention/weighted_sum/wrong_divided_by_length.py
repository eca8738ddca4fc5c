# Takes a mean in place of a sum.
# stage: context
# cause: divided-by-length
def weighted_sum(weights, states):
    return (weights.unsqueeze(-1) * states).mean(1)
