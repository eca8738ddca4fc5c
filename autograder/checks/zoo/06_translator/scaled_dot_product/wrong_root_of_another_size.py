# The root of H.
# stage: unmasked
# cause: root-of-another-size
def scaled_dot_product(queries, keys, values, mask):
    scores = torch.einsum("bta,bsa->bts", queries, keys) / values.size(-1) ** 0.5
    scores = scores.masked_fill(~mask[:, None], float("-inf"))
    weights = scores.softmax(dim=2)
    return weights @ values, weights
