# The mean of the squares less the square of the mean.
def layer_norm(states, gain, bias):
    middle = states.mean(2)[..., None]
    centred = states - middle
    spread = (centred * centred).sum(2)[..., None] / states.size(2)
    return centred / (spread + 1e-5) ** 0.5 * gain + bias
