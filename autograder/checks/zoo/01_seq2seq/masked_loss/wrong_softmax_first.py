# A softmax too many.
# stage: unpadded
# cause: probabilities
def masked_loss(logits, target, mask):
    return F.cross_entropy(logits.softmax(-1)[mask], target[mask])
