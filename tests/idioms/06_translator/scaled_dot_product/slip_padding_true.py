# PyTorch: a mask that is True where a key is left out.
def scaled_dot_product(queries, keys, values, mask):
    scores = queries @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])
    weights = scores.masked_fill(mask.unsqueeze(1), -torch.inf).softmax(-1)
    return weights @ values, weights
