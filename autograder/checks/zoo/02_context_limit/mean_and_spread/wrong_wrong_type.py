# The mean alone.
# stage: mean
# cause: wrong-type
def mean_and_spread(scores):
    return scores.mean(dim=0)
