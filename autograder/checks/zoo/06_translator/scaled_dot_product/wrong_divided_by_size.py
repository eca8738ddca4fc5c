# By A itself.
# stage: unmasked
# cause: divided-by-size
def scaled_dot_product(queries, keys, values, mask):
    scores = torch.einsum("bta,bsa->bts", queries, keys) / queries.size(-1)
    scores = scores.masked_fill(~mask[:, None], float("-inf"))
    weights = scores.softmax(dim=2)
    return weights @ values, weights
