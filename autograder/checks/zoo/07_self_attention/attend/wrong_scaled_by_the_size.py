# Divides by the size itself.
# stage: masked
# cause: scaled-by-the-size
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1)
    fits = fits / keys.shape[-1]
    weights = fits.masked_fill(~allowed, -torch.inf).softmax(-1)
    return weights @ values, weights
