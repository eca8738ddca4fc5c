# Only the best of each row, if it reaches the threshold.
# stage: reached
# cause: best-only
def threshold_links(weights, threshold):
    return [(i, j) for j, i in enumerate(weights.argmax(1).tolist()) if weights[j, i] >= threshold]
