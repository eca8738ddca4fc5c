# Probabilities, added.
# stage: first_step
# cause: probabilities-added
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.exp().unsqueeze(1) + log_probabilities.exp()
    best, places = totals.flatten().topk(beam_size)
    size = totals.shape[1]
    return best, places // size, places % size
