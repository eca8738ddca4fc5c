# Columns by unbind, own words kept in a list of one.
def decode_with_forcing(step, state, previous, coins):
    columns = list(zip(previous.unbind(1), coins.unbind(1), strict=True))
    logits, state = step(columns[0][0], state)
    scores = [logits]
    for right, coin in columns[1:]:
        logits, state = step(torch.where(coin, right, logits.argmax(-1)), state)
        scores.append(logits)
    return torch.stack(scores, 1)
