# Hides the real words.
# stage: padded
# cause: mask-inverted
def masked_softmax(scores, mask):
    return scores.masked_fill(mask, -torch.inf).softmax(1)
