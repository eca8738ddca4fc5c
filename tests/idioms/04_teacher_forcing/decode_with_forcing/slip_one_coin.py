# bentrevett: one coin for the whole batch.
def decode_with_forcing(step, state, previous, coins):
    outputs, words = [], previous[:, 0]
    for t in range(previous.shape[1]):
        if t > 0:
            words = previous[:, t] if bool(coins[0, t]) else outputs[-1].argmax(1)
        logits, state = step(words, state)
        outputs.append(logits)
    return torch.stack(outputs, dim=1)
