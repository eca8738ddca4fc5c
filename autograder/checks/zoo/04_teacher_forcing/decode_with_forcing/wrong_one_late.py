# The word for step t is chosen behind step t.
# stage: forced
# cause: one-late
def decode_with_forcing(step, choose, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        logits, state = step(words, state)
        scores.append(logits)
        words = choose(previous[:, t], logits, coins[:, t])
    return torch.stack(scores, dim=1)
