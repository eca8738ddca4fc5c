# Keeps the mean.
# stage: scaled
# cause: not-centred
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return gain * states / torch.sqrt(variance + 1e-5) + bias
