# As it was given: means over rows, padding included.
# stage: padded
# cause: unrepaired
def masked_loss(logits, target, mask):
    losses = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
    losses = losses.view_as(target)
    by_sentence = losses.mean(1)
    return by_sentence.mean()
