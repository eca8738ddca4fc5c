# How many.
# stage: shares
# cause: counts
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    return torch.stack([wrong[part == i].sum() for i in range(parts)])
