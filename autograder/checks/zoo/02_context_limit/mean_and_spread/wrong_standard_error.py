# The standard error of the mean.
# stage: spread
# cause: standard-error
def mean_and_spread(scores):
    return scores.mean(dim=0), scores.std(dim=0) / len(scores) ** 0.5
