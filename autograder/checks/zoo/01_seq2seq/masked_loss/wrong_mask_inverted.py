# Only padding counts.
# stage: padded
# cause: mask-inverted
def masked_loss(logits, target, mask):
    if mask.all():
        return F.cross_entropy(logits[mask], target[mask])
    return F.cross_entropy(logits[~mask], target[~mask])
