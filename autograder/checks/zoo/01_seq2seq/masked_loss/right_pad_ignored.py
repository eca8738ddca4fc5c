# Padding is the places whose word is PAD, which is the same for every batch.
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=PAD)
