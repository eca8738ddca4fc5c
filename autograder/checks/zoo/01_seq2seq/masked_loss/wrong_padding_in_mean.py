# The sum is right, the divisor is not.
# stage: padded
# cause: padding-in-the-mean
def masked_loss(logits, target, mask):
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    return (losses * mask).mean()
