# The lowest score gets the greatest weight.
# stage: weights
# cause: order-turned
def look_back(scores, states):
    weights = (-scores).softmax(0)
    return weights, weights @ states
