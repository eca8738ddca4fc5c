# Losses of all words, masked afterwards.
def masked_loss(logits, target, mask):
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    return (losses * mask).sum() / mask.sum()
