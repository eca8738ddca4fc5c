# The mask is not used.
# stage: padded
# cause: padding-counted
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten())
