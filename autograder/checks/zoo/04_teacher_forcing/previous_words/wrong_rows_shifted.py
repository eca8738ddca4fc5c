# Rows move down, not columns to the right.
# stage: shifted
# cause: rows-shifted
def previous_words(target):
    previous = torch.full_like(target, START)
    previous[1:] = target[:-1]
    return previous.masked_fill(previous == END, PAD)
