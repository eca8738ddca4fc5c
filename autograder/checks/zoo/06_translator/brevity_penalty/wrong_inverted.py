# The quotient stands on its head.
# stage: short
# cause: inverted
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    return min(1.0, math.exp(1 - c / r)) if c >= r else math.exp(1 - c / r)
