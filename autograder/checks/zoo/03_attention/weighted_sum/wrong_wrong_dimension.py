# Adds up over H.
# stage: context
# cause: wrong-dimension
def weighted_sum(weights, states):
    return (weights.unsqueeze(-1) * states).sum(-1)
