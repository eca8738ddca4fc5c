# No exponential.
# stage: short
# cause: ratio
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    return min(1.0, c / r)
