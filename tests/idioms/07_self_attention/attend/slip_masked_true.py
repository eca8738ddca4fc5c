# PyTorch: True where a query may not look.
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1) / math.sqrt(keys.shape[-1])
    weights = fits.masked_fill(allowed, -torch.inf).softmax(-1)
    return weights @ values, weights
