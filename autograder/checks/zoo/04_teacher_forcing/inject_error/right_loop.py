# Sentence by sentence.
def inject_error(decode, previous, places, wrong):
    given, coins = previous.clone(), torch.zeros_like(previous, dtype=torch.bool)
    for row, (place, word) in enumerate(zip(places.tolist(), wrong.tolist(), strict=True)):
        given[row, place + 1] = word
        coins[row, : place + 2] = True
    return decode(given, coins).max(-1).indices
