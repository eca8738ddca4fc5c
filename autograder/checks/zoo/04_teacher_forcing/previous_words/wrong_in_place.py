# The target is overwritten.
# stage: unchanged
# cause: input-changed
def previous_words(target):
    previous = torch.full_like(target, START)
    target[target == END] = PAD
    previous[:, 1:] = target[:, :-1]
    return previous
