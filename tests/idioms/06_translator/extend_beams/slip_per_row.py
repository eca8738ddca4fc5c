# d2l: the best of each hypothesis alone.
def extend_beams(scores, log_probabilities, beam_size):
    best, words = log_probabilities.max(-1)
    totals, rows = (scores + best).topk(min(beam_size, len(scores)))
    return totals, rows, words[rows]
