# The classes stand in the last dimension.
# stage: unpadded
# cause: raised
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits, target)
