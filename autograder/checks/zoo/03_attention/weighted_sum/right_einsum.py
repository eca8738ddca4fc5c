# The sum as a formula.
def weighted_sum(weights, states):
    return torch.einsum("bs,bsh->bh", weights, states)
