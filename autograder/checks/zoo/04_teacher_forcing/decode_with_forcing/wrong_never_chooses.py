# Only the right words are read.
# stage: free
# cause: always-forced
def decode_with_forcing(step, state, previous, coins):
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = previous[:, t]
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
