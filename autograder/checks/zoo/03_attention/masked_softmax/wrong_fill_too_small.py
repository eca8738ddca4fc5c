# Fills padding with a number that is not low enough.
# stage: any_size
# cause: fill-too-small
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -100.0).softmax(1)
