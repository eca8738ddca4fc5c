# fairseq: the offsets of the sentences forgotten.
def grow_together(scores, log_probabilities, written, state):
    size, beam = scores.shape
    totals = scores.unsqueeze(2) + log_probabilities.view(size, beam, -1)
    best, places = totals.flatten(1).topk(beam)
    rows = (places // totals.shape[2]).flatten()
    return best, torch.cat([written[rows], (places % totals.shape[2]).view(-1, 1)], 1), state[rows]
