# reshape where a transpose is needed.
# stage: unpadded
# cause: axes-mixed
def masked_loss(logits, target, mask):
    rows, length, classes = logits.shape
    losses = F.cross_entropy(logits.reshape(rows, classes, length), target, reduction="none")
    return (losses * mask).sum() / mask.sum()
