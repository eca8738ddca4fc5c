# Before the first step the best word is number 0.
# stage: free
# cause: start-unread
def decode_with_forcing(step, state, previous, coins):
    best, scores = torch.zeros_like(previous[:, 0]), []
    for t in range(previous.shape[1]):
        words = torch.where(coins[:, t], previous[:, t], best)
        logits, state = step(words, state)
        scores.append(logits)
        best = logits.argmax(-1)
    return torch.stack(scores, dim=1)
