# The best word of each row, then the best rows.
# stage: first_step
# cause: too-few-to-choose
def extend_beams(scores, log_probabilities, beam_size):
    totals, words = (scores.unsqueeze(1) + log_probabilities).max(1)
    best, rows = totals.topk(beam_size)
    return best, rows, words[rows]
