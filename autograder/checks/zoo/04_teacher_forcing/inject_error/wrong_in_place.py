# Writes into what was given.
# stage: unchanged
# cause: input-changed
def inject_error(decode, previous, places, wrong):
    given = previous
    given[torch.arange(len(given)), places + 1] = wrong
    steps = torch.arange(given.shape[1])
    coins = steps <= places.unsqueeze(1) + 1
    return decode(given, coins).argmax(-1)
