# Sorted by the source word.
# stage: reached
# cause: wrong-order
def threshold_links(weights, threshold):
    return sorted((i, j) for j, i in (weights >= threshold).nonzero().tolist())
