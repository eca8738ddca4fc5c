# Mask after the softmax, and the sum put right.
def masked_softmax(scores, mask):
    weights = scores.softmax(1) * mask
    return weights / weights.sum(1, keepdim=True)
