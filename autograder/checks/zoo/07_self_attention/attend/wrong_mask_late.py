# Masks after the softmax.
# stage: masked
# cause: mask-late
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1)
    fits = fits / math.sqrt(keys.shape[-1])
    weights = fits.softmax(-1) * allowed
    return weights @ values, weights
