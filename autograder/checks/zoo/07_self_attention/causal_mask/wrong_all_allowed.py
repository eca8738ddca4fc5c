# Nothing is hidden.
# stage: several
# cause: all-allowed
def causal_mask(length):
    places = torch.arange(length)
    return places.unsqueeze(1) >= 0 * places
