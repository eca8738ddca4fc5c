# A loop over the sentences.
def grow_together(scores, log_probabilities, written, state):
    size, beam_size = scores.shape
    parts = []
    for b in range(size):
        mine = slice(b * beam_size, (b + 1) * beam_size)
        totals = scores[b].unsqueeze(1) + log_probabilities[mine]
        best, places = totals.flatten().topk(beam_size)
        rows, words = places // totals.shape[1], places % totals.shape[1]
        parts.append((best, torch.cat([written[mine][rows], words.unsqueeze(1)], 1), state[mine][rows]))
    best, written, state = zip(*parts)
    return torch.stack(best), torch.cat(written), torch.cat(state)
