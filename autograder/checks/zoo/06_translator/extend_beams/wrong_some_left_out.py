# No more than there are words.
# stage: all_there_are
# cause: some-left-out
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.unsqueeze(1) + log_probabilities
    size = totals.shape[1]
    best, places = totals.flatten().topk(min(beam_size, size))
    return best, places // size, places % size
