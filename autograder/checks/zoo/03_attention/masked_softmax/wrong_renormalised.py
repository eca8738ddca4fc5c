# The softmax sees padding; the sum is put right afterwards.
# stage: high_padding
# cause: maximum-at-padding
def masked_softmax(scores, mask):
    weights = scores.softmax(1) * mask
    return weights / weights.sum(1, keepdim=True)
