# ignore_index does the masking.
def masked_loss(logits, target, mask):
    hidden = target.masked_fill(~mask, -100)
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), hidden.reshape(-1))
