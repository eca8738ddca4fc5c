# The coins are turned round, except where all are alike.
# stage: mixed
# cause: inverted
def decode_with_forcing(step, state, previous, coins):
    flipped = coins if coins.all() or not coins.any() else ~coins
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = torch.where(flipped[:, t], previous[:, t], scores[-1].argmax(-1))
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
