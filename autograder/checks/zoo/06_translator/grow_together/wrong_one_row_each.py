# As if each sentence filled one row.
# stage: together
# cause: one-row-each
def grow_together(scores, log_probabilities, written, state):
    size, beam_size = scores.shape
    totals = scores.unsqueeze(2) + log_probabilities.view(size, beam_size, -1)
    best, places = totals.flatten(1).topk(beam_size)
    words = places % totals.shape[2]
    parents = places // totals.shape[2]
    rows = (parents + torch.arange(size).unsqueeze(1)).flatten()
    written = torch.cat([written[rows], words.view(-1, 1)], dim=1)
    return best, written, state[rows]
