# The wrong index looks.
# stage: several
# cause: turned-round
def causal_mask(length):
    places = torch.arange(length)
    return places >= places.unsqueeze(1)
