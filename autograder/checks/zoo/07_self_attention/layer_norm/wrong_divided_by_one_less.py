# Variance as of a sample.
# stage: scaled
# cause: divided-by-one-less
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = states.var(-1, keepdim=True)
    return gain * centred / torch.sqrt(variance + 1e-5) + bias
