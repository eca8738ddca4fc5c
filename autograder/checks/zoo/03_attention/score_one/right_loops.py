# Unit by unit, as on paper; a tensor at the end.
import math


def score_one(decoder_state, encoder_state, layer, output):
    inputs = [*decoder_state.tolist(), *encoder_state.tolist()]
    score = 0.0
    for weights, weight in zip(layer.tolist(), output.tolist(), strict=True):
        score += weight * math.tanh(sum(w * x for w, x in zip(weights, inputs, strict=True)))
    return torch.tensor(score)
