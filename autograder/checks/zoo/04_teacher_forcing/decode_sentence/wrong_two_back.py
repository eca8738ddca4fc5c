# Two steps back.
# stage: forced
# cause: two-back
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = ([START, *right])[t - 1] if forced else int(scores[-1].argmax())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
