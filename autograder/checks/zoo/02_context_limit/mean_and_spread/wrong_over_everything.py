# One number.
# stage: mean
# cause: over-everything
def mean_and_spread(scores):
    return scores.mean(), scores.std()
