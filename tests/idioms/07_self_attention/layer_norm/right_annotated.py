# The Annotated Transformer, with the paper's deviation: mean, variance without correction.
def layer_norm(states, gain, bias):
    mean = states.mean(-1, keepdim=True)
    var = states.var(-1, keepdim=True, unbiased=False)
    return gain * (states - mean) * (var + 1e-5).rsqrt() + bias
