# Subtracts the mean only.
# stage: scaled
# cause: not-scaled
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return gain * centred + bias
