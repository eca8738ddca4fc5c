# The target word comes first.
# stage: reached
# cause: swapped
def threshold_links(weights, threshold):
    return [(j, i) for j, i in (weights >= threshold).nonzero().tolist()]
