# All coins True.
# stage: injected
# cause: always-forced
def inject_error(decode, previous, places, wrong):
    given = previous.clone()
    given[torch.arange(len(given)), places + 1] = wrong
    steps = torch.arange(given.shape[1])
    coins = torch.ones_like(given, dtype=torch.bool)
    return decode(given, coins).argmax(-1)
