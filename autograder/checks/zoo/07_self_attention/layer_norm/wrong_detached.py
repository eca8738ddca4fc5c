# The variance gets no gradient.
# stage: gradient
# cause: gradient-cut
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return gain * centred / torch.sqrt(variance.detach() + 1e-5) + bias
