# The dimension of the product stays.
# stage: context
# cause: extra-dimension
def weighted_sum(weights, states):
    return torch.bmm(weights.unsqueeze(1), states)
