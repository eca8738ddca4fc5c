# Joey NMT, written for one sentence after another.
def grow_together(scores, log_probabilities, written, state):
    beam = scores.shape[1]
    parts = []
    for number, old in enumerate(scores):
        rows = slice(number * beam, (number + 1) * beam)
        totals = old[:, None] + log_probabilities[rows]
        best, at = totals.flatten().topk(beam)
        parent, word = at // totals.shape[1], at % totals.shape[1]
        parts.append((best, torch.cat([written[rows][parent], word[:, None]], 1), state[rows][parent]))
    best, words, states = zip(*parts)
    return torch.stack(best), torch.cat(words), torch.cat(states)
