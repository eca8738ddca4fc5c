# The code that learners are given.
# stage: forced
# cause: unrepaired
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t] if forced else int(scores[-1].argmax())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
