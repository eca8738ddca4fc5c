# A new tensor made of a number.
# stage: gradient
# cause: gradient-cut
def masked_loss(logits, target, mask):
    return torch.tensor(F.cross_entropy(logits[mask], target[mask]).item())
