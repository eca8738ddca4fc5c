# Words before rows.
# stage: first_step
# cause: swapped
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.unsqueeze(1) + log_probabilities
    best, places = totals.flatten().topk(beam_size)
    size = totals.shape[1]
    return best, places % size, places // size
