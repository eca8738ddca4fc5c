# The cases are exchanged.
# stage: short
# cause: reversed
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    return 1.0 if c < r else math.exp(1 - r / c)
