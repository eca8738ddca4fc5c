# npfl138: weights broadcast over H.
def weighted_sum(weights, states):
    return torch.sum(states * weights.unsqueeze(-1), dim=-2)
