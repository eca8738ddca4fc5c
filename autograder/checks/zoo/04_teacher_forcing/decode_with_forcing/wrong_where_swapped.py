# The two words are given the wrong way round.
# stage: forced
# cause: own-words-read
def decode_with_forcing(step, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = torch.where(coins[:, t], scores[-1].argmax(-1), previous[:, t])
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
