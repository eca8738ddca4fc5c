# Long ones lose.
# stage: long
# cause: long-penalised
def brevity_penalty(translation_lengths, reference_lengths):
    c, r = sum(translation_lengths), sum(reference_lengths)
    return math.exp(1 - max(r / c, c / r))
