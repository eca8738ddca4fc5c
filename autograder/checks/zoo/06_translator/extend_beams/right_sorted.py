# Sorts the whole table.
def extend_beams(scores, log_probabilities, beam_size):
    totals = (scores[:, None] + log_probabilities).reshape(-1)
    places = totals.argsort(descending=True)[:beam_size]
    width = log_probabilities.size(-1)
    return totals[places], torch.div(places, width, rounding_mode="floor"), places.remainder(width)
