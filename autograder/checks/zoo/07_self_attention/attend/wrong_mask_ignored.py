# No mask.
# stage: masked
# cause: mask-ignored
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1)
    fits = fits / math.sqrt(keys.shape[-1])
    weights = fits.softmax(-1)
    return weights @ values, weights
