# Multiplies after the softmax.
# stage: sharp
# cause: sharpness-late
def soft_lookup(query, keys, values, sharpness):
    fits = keys @ query
    shares = sharpness * fits.softmax(0)
    return shares @ values
