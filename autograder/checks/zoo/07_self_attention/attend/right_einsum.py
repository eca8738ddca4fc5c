# Sums by einsum.
def attend(queries, keys, values, allowed):
    fits = torch.einsum("...ta,...sa->...ts", queries, keys) * queries.size(-1) ** -0.5
    weights = torch.where(allowed, fits, -torch.inf).softmax(-1)
    return torch.einsum("...ts,...sh->...th", weights, values), weights
