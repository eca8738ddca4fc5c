# Only what comes before.
# stage: several
# cause: own-place-hidden
def causal_mask(length):
    places = torch.arange(length)
    return places < places.unsqueeze(1)
