# No division.
# stage: unmasked
# cause: not-scaled
def scaled_dot_product(queries, keys, values, mask):
    scores = torch.einsum("bta,bsa->bts", queries, keys)
    scores = scores.masked_fill(~mask[:, None], float("-inf"))
    weights = scores.softmax(dim=2)
    return weights @ values, weights
