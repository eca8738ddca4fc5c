# Accuracy.
# stage: shares
# cause: share-right
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    return torch.stack([(~wrong)[part == i].float().mean() for i in range(parts)])
