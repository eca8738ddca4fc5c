# Multiplies the states by the scores.
# stage: context
# cause: scores-for-weights
def look_back(scores, states):
    weights = scores.softmax(0)
    return weights, scores @ states
