# Softmax over the batch.
# stage: padded
# cause: over-the-batch
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(0)
