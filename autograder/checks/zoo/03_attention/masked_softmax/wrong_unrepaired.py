# Unrepaired: the mask comes after the softmax.
# stage: padded
# cause: unrepaired
def masked_softmax(scores, mask):
    weights = scores.softmax(dim=1)
    return weights.masked_fill(~mask, 0.0)
