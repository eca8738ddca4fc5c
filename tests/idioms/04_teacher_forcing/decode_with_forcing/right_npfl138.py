# npfl138: scores by step in a list, then turned around.
def decode_with_forcing(step, state, previous, coins):
    scores = []
    for t in range(previous.shape[1]):
        if t == 0:
            words = previous[:, 0]
        else:
            words = scores[t - 1].max(dim=1)[1].masked_fill(coins[:, t], 0) + previous[:, t] * coins[:, t]
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores).permute(1, 0, 2)
