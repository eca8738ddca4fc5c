# Older PyTorch code: / for //.
def extend_beams(scores, log_probabilities, beam_size):
    flat = (scores.unsqueeze(1) + log_probabilities).view(-1)
    best, ids = flat.topk(beam_size)
    return best, (ids / log_probabilities.shape[1]).round().long(), ids % log_probabilities.shape[1]
