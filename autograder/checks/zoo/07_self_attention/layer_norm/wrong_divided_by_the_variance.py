# No root.
# stage: scaled
# cause: divided-by-the-variance
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return gain * centred / (variance + 1e-5) + bias
