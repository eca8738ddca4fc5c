# A slice in place of row numbers.
# stage: injected
# cause: all-places
def inject_error(decode, previous, places, wrong):
    given = previous.clone()
    given[:, places + 1] = wrong
    steps = torch.arange(given.shape[1])
    coins = steps <= places.unsqueeze(1) + 1
    return decode(given, coins).argmax(-1)
