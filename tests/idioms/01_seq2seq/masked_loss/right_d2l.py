# d2l: unreduced losses of (B, V, T), times the mask.
def masked_loss(logits, target, mask):
    losses = nn.CrossEntropyLoss(reduction="none")(logits.permute(0, 2, 1), target)
    weights = mask.to(losses.dtype)
    return (losses * weights).sum() / weights.sum()
