# Squeezes every dimension of size 1.
# stage: single
# cause: batch-squeezed
def weighted_sum(weights, states):
    return torch.bmm(weights.unsqueeze(1), states).squeeze()
