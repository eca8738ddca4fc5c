# The index that looks is turned round, and the stub's slip is left.
# stage: several
# cause: turned-unrepaired
def causal_mask(length):
    places = torch.arange(length)
    return places.unsqueeze(1) <= places + 1
