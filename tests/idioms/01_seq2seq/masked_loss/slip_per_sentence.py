# Joey NMT: normalised by the sentences of the batch.
def masked_loss(logits, target, mask):
    losses = F.cross_entropy(logits.permute(0, 2, 1), target, reduction="none")
    return losses[mask].sum() / len(target)
