# Scores (K,) added along the words.
# stage: several
# cause: raised
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores + log_probabilities
    best, places = totals.flatten().topk(beam_size)
    size = totals.shape[1]
    return best, places // size, places % size
