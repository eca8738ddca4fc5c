# Forgets the sharpness.
# stage: sharp
# cause: sharpness-ignored
def soft_lookup(query, keys, values, sharpness):
    fits = keys @ query
    shares = fits.softmax(0)
    return shares @ values
