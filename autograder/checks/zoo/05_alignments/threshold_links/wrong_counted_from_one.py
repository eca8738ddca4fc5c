# Counted from 1.
# stage: reached
# cause: counted-from-one
def threshold_links(weights, threshold):
    return [(i + 1, j + 1) for j, i in (weights >= threshold).nonzero().tolist()]
