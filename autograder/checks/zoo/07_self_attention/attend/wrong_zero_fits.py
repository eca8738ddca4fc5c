# Hidden places get a score of 0.
# stage: masked
# cause: zero-fits
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(-2, -1)
    fits = fits / math.sqrt(keys.shape[-1])
    weights = (fits * allowed).softmax(-1)
    return weights @ values, weights
