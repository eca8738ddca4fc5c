# The root of H.
# stage: masked
# cause: wrong-size
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1)
    fits = fits / math.sqrt(values.shape[-1])
    weights = fits.masked_fill(~allowed, -torch.inf).softmax(-1)
    return weights @ values, weights
