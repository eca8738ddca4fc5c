# The target itself.
# stage: shifted
# cause: not-shifted
def previous_words(target):
    return target.masked_fill(target == END, PAD)
