# Score 0 at padding.
# stage: padded
# cause: padding-scores-zero
def masked_softmax(scores, mask):
    return (scores * mask).softmax(1)
