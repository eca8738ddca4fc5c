# The new word alone.
# stage: several
# cause: old-score-forgotten
def extend_beams(scores, log_probabilities, beam_size):
    if len(scores) == 1:
        log_probabilities = log_probabilities + scores
    best, places = log_probabilities.flatten().topk(beam_size)
    size = log_probabilities.shape[1]
    return best, places // size, places % size
