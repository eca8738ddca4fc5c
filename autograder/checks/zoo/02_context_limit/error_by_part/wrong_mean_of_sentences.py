# The mean over sentences of their means.
# stage: shares
# cause: mean-of-sentences
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    errors = []
    for i in range(parts):
        rows = [wrong[b][part[b] == i].float().mean() for b in range(len(part)) if (part[b] == i).any()]
        errors.append(sum(rows) / len(rows))
    return torch.stack(errors)
