# By a minimum.
def brevity_penalty(translation_lengths, reference_lengths):
    return math.exp(min(0.0, 1 - sum(reference_lengths) / sum(translation_lengths)))
