# The word for step t is chosen after step t.
# stage: forced
# cause: one-late
def decode_with_forcing(step, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        logits, state = step(words, state)
        scores.append(logits)
        words = torch.where(coins[:, t], previous[:, t], logits.argmax(-1))
    return torch.stack(scores, dim=1)
