# OpenNMT-py: as divmod of flat places.
def extend_beams(scores, log_probabilities, beam_size):
    count, vocabulary = log_probabilities.shape
    flat = (log_probabilities + scores.view(count, 1)).reshape(-1)
    best, ids = flat.sort(descending=True, stable=True)
    best, ids = best[:beam_size], ids[:beam_size]
    return (
        best,
        ids.div(vocabulary, rounding_mode="floor"),
        ids - vocabulary * ids.div(vocabulary, rounding_mode="floor"),
    )
