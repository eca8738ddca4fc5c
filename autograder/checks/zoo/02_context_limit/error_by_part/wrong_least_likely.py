# argmin.
# stage: shares
# cause: least-likely
def error_by_part(logits, target, part, parts):
    wrong = logits.argmin(-1) != target
    return torch.stack([wrong[part == i].float().mean() for i in range(parts)])
