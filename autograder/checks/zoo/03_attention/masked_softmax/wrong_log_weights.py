# Logarithms of the weights.
# stage: padded
# cause: log-weights
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).log_softmax(1)
