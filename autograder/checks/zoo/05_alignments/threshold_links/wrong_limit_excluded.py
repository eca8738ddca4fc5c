# A weight must be above the threshold.
# stage: limit
# cause: limit-excluded
def threshold_links(weights, threshold):
    return [(i, j) for j, i in (weights > threshold).nonzero().tolist()]
