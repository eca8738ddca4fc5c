# Each sentence chooses by itself.
def decode_with_forcing(step, state, previous, coins):
    words, scores = previous[:, 0].clone(), []
    for t in range(previous.shape[1]):
        if t > 0:
            own = scores[-1].argmax(-1)
            words = torch.stack([p if c else o for p, o, c in zip(previous[:, t], own, coins[:, t], strict=True)])
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores).transpose(0, 1)
