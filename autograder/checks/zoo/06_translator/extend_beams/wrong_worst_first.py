# Sorted the other way round.
# stage: first_step
# cause: worst-first
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.unsqueeze(1) + log_probabilities
    best, places = totals.flatten().topk(beam_size)
    best, places = best.flip(0), places.flip(0)
    size = totals.shape[1]
    return best, places // size, places % size
