# No gain.
# stage: scaled
# cause: gain-ignored
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return centred / torch.sqrt(variance + 1e-5) + bias
