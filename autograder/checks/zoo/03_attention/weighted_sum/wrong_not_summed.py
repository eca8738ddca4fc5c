# Does not add up.
# stage: context
# cause: not-summed
def weighted_sum(weights, states):
    return weights.unsqueeze(-1) * states
