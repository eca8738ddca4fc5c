# The place of the first sentence.
# stage: injected
# cause: one-place
def inject_error(decode, previous, places, wrong):
    given, places = previous.clone(), places[:1].expand_as(places)
    given[torch.arange(len(given)), places + 1] = wrong
    steps = torch.arange(given.shape[1])
    coins = steps <= places.unsqueeze(1) + 1
    return decode(given, coins).argmax(-1)
