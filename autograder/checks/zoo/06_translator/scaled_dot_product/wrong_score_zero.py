# A score of 0.
# stage: masked
# cause: score-zero
def scaled_dot_product(queries, keys, values, mask):
    scores = torch.einsum("bta,bsa->bts", queries, keys) / queries.size(-1) ** 0.5
    scores = scores * mask[:, None]
    weights = scores.softmax(dim=2)
    return weights @ values, weights
