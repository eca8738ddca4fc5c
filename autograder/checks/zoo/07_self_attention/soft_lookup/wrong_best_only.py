# An ordinary dictionary.
# stage: plain
# cause: best-only
def soft_lookup(query, keys, values, sharpness):
    fits = keys @ query
    shares = (sharpness * fits).softmax(0)
    return values[shares.argmax()]
