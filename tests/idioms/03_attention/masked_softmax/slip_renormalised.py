# OpenNMT: softmax, mask, and division by the sum, which is 0 for low scores.
def masked_softmax(scores, mask):
    weights = scores.softmax(1) * mask
    return weights / weights.sum(1, keepdim=True)
