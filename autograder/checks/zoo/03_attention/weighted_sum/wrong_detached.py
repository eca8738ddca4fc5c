# No gradient reaches the weights.
# stage: gradient
# cause: gradient-cut
def weighted_sum(weights, states):
    return torch.bmm(weights.detach().unsqueeze(1), states).squeeze(1)
