# bincount.
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    real = part >= 0
    hits = torch.bincount(part[real], weights=wrong[real].double(), minlength=parts)
    return (hits / torch.bincount(part[real], minlength=parts)).float()
