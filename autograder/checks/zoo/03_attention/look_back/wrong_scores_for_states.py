# Multiplies the weights by the scores.
# stage: context
# cause: scores-for-states
def look_back(scores, states):
    weights = scores.softmax(0)
    return weights, weights * scores
