# PyTorch: its own function.
def layer_norm(states, gain, bias):
    return F.layer_norm(states, gain.shape, gain, bias, 1e-5)
