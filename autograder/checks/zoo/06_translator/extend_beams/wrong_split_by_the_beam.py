# Split by the number that are kept.
# stage: first_step
# cause: split-by-the-beam
def extend_beams(scores, log_probabilities, beam_size):
    totals = scores.unsqueeze(1) + log_probabilities
    best, places = totals.flatten().topk(beam_size)
    return best, places // beam_size, places % beam_size
