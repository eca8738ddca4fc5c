# One coin for the whole batch at each step.
# stage: mixed
# cause: coin-for-all
def decode_with_forcing(step, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = previous[:, t] if coins[:, t].all() else scores[-1].argmax(-1)
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
