# The coins are turned round.
# stage: forced
# cause: own-words-read
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t - 1] if not forced else int(scores[-1].argmax())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
