# The plain mean of the states.
# stage: context
# cause: weights-ignored
def weighted_sum(weights, states):
    return states.mean(1)
