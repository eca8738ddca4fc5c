# Multiplies the mask by minus infinity: 0 times infinity is nan at real words.
# stage: padded
# cause: zero-times-infinity
def masked_softmax(scores, mask):
    return (scores + ~mask * -torch.inf).softmax(1)
