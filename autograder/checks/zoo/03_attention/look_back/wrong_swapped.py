# Context first.
# stage: weights
# cause: swapped
def look_back(scores, states):
    weights = scores.softmax(0)
    return weights @ states, weights
