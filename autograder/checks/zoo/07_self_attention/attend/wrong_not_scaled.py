# Forgets the root.
# stage: masked
# cause: not-scaled
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1)
    weights = fits.masked_fill(~allowed, -torch.inf).softmax(-1)
    return weights @ values, weights
