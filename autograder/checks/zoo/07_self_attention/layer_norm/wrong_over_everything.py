# All numbers of the batch share one mean.
# stage: scaled
# cause: over-everything
def layer_norm(states, gain, bias):
    centred = states - states.mean()
    variance = (centred**2).mean()
    scaled = centred / torch.sqrt(variance + 1e-5)
    return gain * scaled + bias
