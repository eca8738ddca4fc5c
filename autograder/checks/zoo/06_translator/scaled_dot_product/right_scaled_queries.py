# Scaled before the product; one target position at a time.
def scaled_dot_product(queries, keys, values, mask):
    contexts, weights = [], []
    for query in (queries / keys.shape[-1] ** 0.5).unbind(1):
        scores = (keys * query.unsqueeze(1)).sum(-1)
        shares = torch.where(mask, scores, -torch.inf).softmax(1)
        weights.append(shares)
        contexts.append((shares.unsqueeze(-1) * values).sum(1))
    return torch.stack(contexts, 1), torch.stack(weights, 1)
