# True hides, as in PyTorch's module.
# stage: several
# cause: inverted
def causal_mask(length):
    places = torch.arange(length)
    return places > places.unsqueeze(1)
