# Returns the weights.
# stage: plain
# cause: weights-returned
def soft_lookup(query, keys, values, sharpness):
    fits = keys @ query
    shares = (sharpness * fits).softmax(0)
    return shares
