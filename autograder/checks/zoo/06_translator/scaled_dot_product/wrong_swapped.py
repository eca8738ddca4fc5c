# Weights first.
# stage: unmasked
# cause: swapped
def scaled_dot_product(queries, keys, values, mask):
    scores = torch.einsum("bta,bsa->bts", queries, keys) / queries.size(-1) ** 0.5
    scores = scores.masked_fill(~mask[:, None], float("-inf"))
    weights = scores.softmax(dim=2)
    return weights, weights @ values
