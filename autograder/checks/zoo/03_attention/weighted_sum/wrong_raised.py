# The weights lack the dimension H.
# stage: context
# cause: raised
def weighted_sum(weights, states):
    return (weights * states).sum(1)
