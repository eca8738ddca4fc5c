# The greatest weight of all rows.
# stage: sentence
# cause: whole-matrix
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        for i, j in links:
            away = matrix.argmax().item() - i
            counts[away] = counts.get(away, 0) + 1
    return counts
