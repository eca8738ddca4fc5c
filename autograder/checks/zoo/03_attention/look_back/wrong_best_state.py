# Takes the best state.
# stage: context
# cause: best-state
def look_back(scores, states):
    weights = scores.softmax(0)
    return weights, states[weights.argmax()]
