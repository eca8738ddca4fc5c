# 1 - r/c itself.
# stage: short
# cause: exponential-forgotten
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    return 1.0 if c >= r else 1 - r / c
