# Every step starts from the first state.
# stage: forced
# cause: state-lost
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t - 1] if forced else int(scores[-1].argmax())
        logits, _ = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
