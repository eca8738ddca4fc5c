# The coins of all sentences and steps at once.
# stage: forced
# cause: raised
def decode_with_forcing(step, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = torch.where(coins, previous[:, t], scores[-1].argmax(-1))
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
