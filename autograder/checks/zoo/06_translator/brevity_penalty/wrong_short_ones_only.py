# Long ones do not make up.
# stage: corpus
# cause: short-ones-only
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    pairs = [(c, r) for c, r in zip(translation_lengths, reference_lengths) if c < r]
    c, r = sum(c for c, _ in pairs), sum(r for _, r in pairs)
    return math.exp(1 - r / c) if pairs else 1.0
