# Logarithms of the weights.
# stage: weights
# cause: log-weights
def look_back(scores, states):
    weights = scores.log_softmax(0)
    return weights, weights @ states
