# OpenNMT-py: matmul with the states on the left.
def weighted_sum(weights, states):
    return torch.matmul(states.transpose(1, 2), weights.unsqueeze(2)).squeeze(2)
