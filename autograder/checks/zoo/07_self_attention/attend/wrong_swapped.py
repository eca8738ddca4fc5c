# Weights first.
# stage: masked
# cause: swapped
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1)
    fits = fits / math.sqrt(keys.shape[-1])
    weights = fits.masked_fill(~allowed, -torch.inf).softmax(-1)
    return weights, weights @ values
