# Each matrix in two parts, no vector joined.
def gated_step(word, state, gate_weights, candidate_weights):
    size = len(word)
    summed = [matrix[:, :size] @ word + matrix[:, size:] @ state for matrix in (gate_weights, candidate_weights)]
    return state + (1 - summed[0].sigmoid()) * (summed[1].tanh() - state)
