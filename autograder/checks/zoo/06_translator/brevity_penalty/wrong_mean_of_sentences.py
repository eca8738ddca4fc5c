# Sentence by sentence.
# stage: corpus
# cause: mean-of-sentences
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    pairs = list(zip(translation_lengths, reference_lengths))
    return sum(min(1.0, math.exp(1 - r / c)) for c, r in pairs) / len(pairs)
