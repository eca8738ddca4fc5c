# Divided by the words of all parts.
# stage: shares
# cause: all-words
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    words = (part >= 0).sum()
    return torch.stack([wrong[part == i].sum() / words for i in range(parts)])
