# d2l: the mean over time of each sentence, padding among it.
def masked_loss(logits, target, mask):
    losses = F.cross_entropy(logits.permute(0, 2, 1), target, reduction="none")
    return (losses * mask).mean(dim=1).mean()
