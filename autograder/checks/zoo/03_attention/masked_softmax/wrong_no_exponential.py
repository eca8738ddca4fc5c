# Divides the scores by their sum.
# stage: padded
# cause: no-exponential
def masked_softmax(scores, mask):
    kept = scores * mask
    return kept / kept.sum(1, keepdim=True)
