# Masked too late.
# stage: masked
# cause: mask-after-softmax
def scaled_dot_product(queries, keys, values, mask):
    scores = torch.einsum("bta,bsa->bts", queries, keys) / queries.size(-1) ** 0.5
    weights = scores.softmax(dim=2) * mask[:, None]
    return weights @ values, weights
