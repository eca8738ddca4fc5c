# Puts the wrong word into the column where it is written.
# stage: injected
# cause: where-written
def inject_error(decode, previous, places, wrong):
    given = previous.clone()
    given[torch.arange(len(given)), places] = wrong
    steps = torch.arange(given.shape[1])
    coins = steps <= places.unsqueeze(1)
    return decode(given, coins).argmax(-1)
