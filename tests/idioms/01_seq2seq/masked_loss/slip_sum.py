# fairseq: the sum, before anybody has divided it.
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=PAD, reduction="sum")
