# The keys are not turned round.
# stage: unmasked
# cause: raised
def scaled_dot_product(queries, keys, values, mask):
    scores = queries @ keys / queries.size(-1) ** 0.5
    scores = scores.masked_fill(~mask[:, None], float("-inf"))
    weights = scores.softmax(dim=2)
    return weights @ values, weights
