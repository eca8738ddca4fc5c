# d2l: the root of the wrong size.
def scaled_dot_product(queries, keys, values, mask):
    scores = queries @ keys.transpose(1, 2) / math.sqrt(values.shape[-1])
    weights = scores.masked_fill(~mask.unsqueeze(1), -torch.inf).softmax(-1)
    return weights @ values, weights
