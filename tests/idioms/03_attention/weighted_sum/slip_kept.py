# bentrevett: the dimension of one row is still there.
def weighted_sum(weights, states):
    return torch.bmm(weights.unsqueeze(1), states)
