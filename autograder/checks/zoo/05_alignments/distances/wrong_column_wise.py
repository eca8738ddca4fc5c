# The darkest row of each column.
# stage: sentence
# cause: column-wise
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        darkest = matrix.argmax(dim=0).tolist()
        for i, j in links:
            counts[darkest[j] - i] = counts.get(darkest[j] - i, 0) + 1
    return counts
