# Knows three dimensions only.
# stage: in_front
# cause: raised
def attend(queries, keys, values, allowed):
    fits = queries @ keys.transpose(1, 2)
    fits = fits / math.sqrt(keys.shape[-1])
    weights = fits.masked_fill(~allowed, -torch.inf).softmax(-1)
    return weights @ values, weights
