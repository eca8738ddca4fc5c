# Divides, as by a temperature.
# stage: sharp
# cause: sharpness-divides
def soft_lookup(query, keys, values, sharpness):
    fits = keys @ query
    shares = (fits / sharpness).softmax(0)
    return shares @ values
