# Highest minus lowest.
# stage: spread
# cause: range
def mean_and_spread(scores):
    return scores.mean(dim=0), scores.amax(dim=0) - scores.amin(dim=0)
