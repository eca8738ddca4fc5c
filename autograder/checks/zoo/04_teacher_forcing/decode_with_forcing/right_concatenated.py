# Scores are joined as they come.
def decode_with_forcing(step, state, previous, coins):
    scores = None
    for t in range(previous.shape[1]):
        words = previous[:, t] if scores is None else torch.where(coins[:, t], previous[:, t], scores[:, -1].argmax(-1))
        logits, state = step(words, state)
        logits = logits.unsqueeze(1)
        scores = logits if scores is None else torch.cat([scores, logits], dim=1)
    return scores
