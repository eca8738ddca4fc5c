# Nothing is added before the root.
# stage: flat
# cause: no-epsilon
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return gain * centred / torch.sqrt(variance) + bias
