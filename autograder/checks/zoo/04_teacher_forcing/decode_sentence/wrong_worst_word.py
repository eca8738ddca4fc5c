# The word with the lowest score.
# stage: free
# cause: wrong-scores
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t - 1] if forced else int(scores[-1].argmin())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
