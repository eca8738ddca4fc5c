# No gradient reaches the scores.
# stage: gradient
# cause: gradient-cut
def masked_softmax(scores, mask):
    return scores.detach().masked_fill(~mask, -torch.inf).softmax(1)
