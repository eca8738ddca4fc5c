# The score of the last word.
# stage: first_step
# cause: word-scores-returned
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.unsqueeze(1) + log_probabilities
    _, places = totals.flatten().topk(beam_size)
    rows, words = places // totals.shape[1], places % totals.shape[1]
    return log_probabilities[rows, words], rows, words
