# One loss a word.
# stage: unpadded
# cause: one-per-word
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits.transpose(1, 2), target, reduction="none") * mask
