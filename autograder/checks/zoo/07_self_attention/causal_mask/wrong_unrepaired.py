# Unrepaired: one place too far.
# stage: several
# cause: unrepaired
def causal_mask(length):
    places = torch.arange(length)
    return places <= places.unsqueeze(1) + 1
