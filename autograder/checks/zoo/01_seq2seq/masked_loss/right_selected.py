# Only real words go into the cross-entropy.
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits[mask], target[mask])
