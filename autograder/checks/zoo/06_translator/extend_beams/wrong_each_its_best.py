# Every hypothesis goes on once.
# stage: several
# cause: each-its-best
def extend_beams(scores, log_probabilities, beam_size):
    if len(scores) == 1:
        best, words = log_probabilities[0].topk(beam_size)
        return scores + best, torch.zeros(beam_size, dtype=torch.int64), words
    best, words = log_probabilities.max(1)
    return scores + best, torch.arange(len(scores)), words
