# Takes the first state.
# stage: context
# cause: first-state
def look_back(scores, states):
    weights = scores.softmax(0)
    return weights, states[0]
