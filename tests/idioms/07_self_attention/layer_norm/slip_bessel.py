# The Annotated Transformer: the deviation of a sample, n - 1.
def layer_norm(states, gain, bias):
    mean, std = states.mean(-1, keepdim=True), states.std(-1, keepdim=True)
    return gain * (states - mean) / (std + 1e-6) + bias
