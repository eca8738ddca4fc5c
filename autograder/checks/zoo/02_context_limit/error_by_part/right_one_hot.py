# A one-hot mask for the parts.
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    belongs = part.unsqueeze(-1) == torch.arange(parts)
    return (wrong.unsqueeze(-1) & belongs).sum((0, 1)) / belongs.sum((0, 1))
