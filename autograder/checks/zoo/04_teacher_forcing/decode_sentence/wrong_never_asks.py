# Only the right words are read.
# stage: free
# cause: always-forced
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t - 1]
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
