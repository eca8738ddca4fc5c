# The first one decides.
# stage: corpus
# cause: first-sentence
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    c, r = translation_lengths[0], reference_lengths[0]
    return min(1.0, math.exp(1 - r / c))
