# Mask after the softmax.
# stage: padded
# cause: not-renormalised
def masked_softmax(scores, mask):
    return scores.softmax(1) * mask
