# d2l: bmm, and the root by math.
def scaled_dot_product(queries, keys, values, mask):
    d = queries.shape[-1]
    scores = torch.bmm(queries, keys.transpose(1, 2)) / math.sqrt(d)
    hidden = mask[:, None, :].expand_as(scores)
    weights = F.softmax(torch.where(hidden, scores, torch.tensor(-1e9)), dim=-1)
    return torch.bmm(weights, values), weights
