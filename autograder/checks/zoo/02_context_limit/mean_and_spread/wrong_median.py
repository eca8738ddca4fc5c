# The middle run.
# stage: mean
# cause: median
def mean_and_spread(scores):
    return scores.median(dim=0).values, scores.std(dim=0)
