# bentrevett: -1e10 times nothing: a fill of -10.
def masked_softmax(scores, mask):
    return scores.masked_fill(mask == 0, -10).softmax(1)
