# Before the first step the best word is number 0.
# stage: free
# cause: start-unread
def decode_sentence(step, state, right, coins):
    best, scores = 0, []
    for t, forced in enumerate(coins):
        word = [START, *right][t] if forced else best
        logits, state = step(word, state)
        scores.append(logits)
        best = int(logits.argmax())
    return torch.stack(scores)
