# Does not add the weighted states up.
# stage: context
# cause: not-summed
def look_back(scores, states):
    weights = scores.softmax(0)
    return weights, weights.unsqueeze(1) * states
