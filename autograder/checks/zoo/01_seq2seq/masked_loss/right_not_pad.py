# The mask is left aside: a word is real if it is not PAD.
def masked_loss(logits, target, mask):
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    real = (target != PAD).float()
    return (losses * real).sum() / real.sum()
