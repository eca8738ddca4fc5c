# Nothing is put in.
# stage: injected
# cause: no-error
def inject_error(decode, previous, places, wrong):
    given = previous.clone()
    steps = torch.arange(given.shape[1])
    coins = steps <= places.unsqueeze(1) + 1
    return decode(given, coins).argmax(-1)
