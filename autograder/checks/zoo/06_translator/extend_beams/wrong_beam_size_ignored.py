# Never fewer than there were.
# stage: shrinking
# cause: beam-size-ignored
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.unsqueeze(1) + log_probabilities
    best, places = totals.flatten().topk(max(beam_size, len(scores)))
    size = totals.shape[1]
    return best, places // size, places % size
