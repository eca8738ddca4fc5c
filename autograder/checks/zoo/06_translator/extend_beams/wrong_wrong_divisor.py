# Divided by the number of hypotheses.
# stage: several
# cause: wrong-divisor
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.unsqueeze(1) + log_probabilities
    best, places = totals.flatten().topk(beam_size)
    size = totals.shape[1] if len(totals) == 1 else totals.shape[0]
    return best, places // size, places % size
