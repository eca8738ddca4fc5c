# A sum over both dimensions that keeps one of them.
def masked_loss(logits, target, mask):
    losses = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").unsqueeze(0)
    real = mask.flatten()
    return (losses * real).sum(1) / real.sum()
