# One error for all.
# stage: shares
# cause: parts-mixed
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    return wrong.float().mean().repeat(parts)
