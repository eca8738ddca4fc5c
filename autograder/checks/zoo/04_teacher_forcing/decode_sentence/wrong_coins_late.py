# The coin of the step before.
# stage: mixed
# cause: coins-late
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t - 1] if coins[t - 1] else int(scores[-1].argmax())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
