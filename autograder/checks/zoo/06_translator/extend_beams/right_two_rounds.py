# First the best of each row, then the best of these.
def extend_beams(scores, log_probabilities, beam_size):
    found = []
    for row, (score, chances) in enumerate(zip(scores.tolist(), log_probabilities)):
        best, words = chances.topk(min(beam_size, len(chances)))
        found += [(score + b, row, w) for b, w in zip(best.tolist(), words.tolist())]
    found.sort(reverse=True)
    totals, rows, words = zip(*found[:beam_size])
    return torch.tensor(totals), torch.tensor(rows), torch.tensor(words)
