# Divided by R.
# stage: spread
# cause: divides-by-runs
def mean_and_spread(scores):
    return scores.mean(dim=0), scores.std(dim=0, correction=0)
