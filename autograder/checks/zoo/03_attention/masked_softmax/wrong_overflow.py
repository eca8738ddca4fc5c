# Exponentials of large scores are infinite.
# stage: any_size
# cause: overflow
def masked_softmax(scores, mask):
    kept = scores.exp() * mask
    return kept / kept.sum(1, keepdim=True)
