# A sigmoid of each score.
# stage: weights
# cause: each-alone
def look_back(scores, states):
    weights = scores.sigmoid()
    return weights, weights @ states
