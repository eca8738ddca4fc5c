# The variance.
# stage: spread
# cause: variance
def mean_and_spread(scores):
    return scores.mean(dim=0), scores.var(dim=0)
