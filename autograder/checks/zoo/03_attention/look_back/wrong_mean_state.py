# The plain mean of the states.
# stage: context
# cause: mean-state
def look_back(scores, states):
    weights = scores.softmax(0)
    return weights, states.mean(0)
