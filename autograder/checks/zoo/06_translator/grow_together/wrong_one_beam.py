# One beam for all sentences.
# stage: together
# cause: one-beam
def grow_together(scores, log_probabilities, written, state):
    totals = scores.view(-1, 1) + log_probabilities
    best, places = totals.flatten().topk(scores.numel())
    rows, words = places // totals.shape[1], places % totals.shape[1]
    return best.view_as(scores), torch.cat([written[rows], words.unsqueeze(1)], dim=1), state[rows]
