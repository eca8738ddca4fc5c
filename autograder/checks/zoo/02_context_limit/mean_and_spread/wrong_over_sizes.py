# The wrong dimension.
# stage: mean
# cause: over-sizes
def mean_and_spread(scores):
    return scores.mean(dim=1), scores.std(dim=1)
