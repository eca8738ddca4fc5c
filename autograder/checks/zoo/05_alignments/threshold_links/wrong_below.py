# The small weights.
# stage: reached
# cause: below
def threshold_links(weights, threshold):
    return [(i, j) for j, i in (weights < threshold).nonzero().tolist()]
