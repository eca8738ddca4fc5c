# Divides the scores by their sum.
# stage: weights
# cause: no-exponential
def look_back(scores, states):
    weights = scores / scores.sum()
    return weights, weights @ states
