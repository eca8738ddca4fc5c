# The wrong word is written into the result as well.
# stage: injected
# cause: put-into-result
def inject_error(decode, previous, places, wrong):
    given = previous.clone()
    given[torch.arange(len(given)), places + 1] = wrong
    steps = torch.arange(given.shape[1])
    coins = steps <= places.unsqueeze(1) + 1
    written = decode(given, coins).argmax(-1)
    written[torch.arange(len(given)), places] = wrong
    return written
