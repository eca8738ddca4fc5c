# The coin of step 0 for all steps.
# stage: mixed
# cause: one-coin
def decode_with_forcing(step, choose, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = choose(previous[:, t], scores[-1], coins[:, 0])
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
