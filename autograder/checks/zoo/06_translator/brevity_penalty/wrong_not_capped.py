# Long ones gain.
# stage: long
# cause: not-capped
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    return math.exp(1 - r / c)
