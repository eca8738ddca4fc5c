# Starts with the first right word.
# stage: forced
# cause: first-word-given
def decode_sentence(step, state, right, coins):
    word, scores = right[0], []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t - 1] if forced else int(scores[-1].argmax())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
