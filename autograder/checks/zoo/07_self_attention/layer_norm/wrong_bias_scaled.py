# The gain comes last.
# stage: scaled
# cause: bias-scaled
def layer_norm(states, gain, bias):
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return gain * (centred / torch.sqrt(variance + 1e-5) + bias)
