# A sum.
# stage: unpadded
# cause: summed
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits[mask], target[mask], reduction="sum")
