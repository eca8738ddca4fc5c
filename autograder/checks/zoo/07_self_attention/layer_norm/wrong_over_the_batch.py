# As batch norm.
# stage: scaled
# cause: over-the-batch
def layer_norm(states, gain, bias):
    centred = states - states.mean(0, keepdim=True)
    variance = (centred**2).mean(0, keepdim=True)
    return gain * centred / torch.sqrt(variance + 1e-5) + bias
