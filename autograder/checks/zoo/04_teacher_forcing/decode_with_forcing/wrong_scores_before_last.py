# The scores of two steps ago.
# stage: free
# cause: wrong-scores
def decode_with_forcing(step, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = torch.where(coins[:, t], previous[:, t], scores[max(t - 2, 0)].argmax(-1))
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
