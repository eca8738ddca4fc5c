# Picks with numbers, and keeps the best words as it goes.
def decode_with_forcing(step, state, previous, coins):
    teacher, scores = coins.long(), []
    best = previous[:, 0]
    for t in range(previous.shape[1]):
        words = teacher[:, t] * previous[:, t] + (1 - teacher[:, t]) * best if t else best
        logits, state = step(words, state)
        best = logits.argmax(-1)
        scores.append(logits)
    return torch.stack(scores, dim=1)
