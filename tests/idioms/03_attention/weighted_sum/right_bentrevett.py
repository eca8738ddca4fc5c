# bentrevett: bmm of a matrix with one row.
def weighted_sum(weights, states):
    return torch.bmm(weights[:, None, :], states)[:, 0]
