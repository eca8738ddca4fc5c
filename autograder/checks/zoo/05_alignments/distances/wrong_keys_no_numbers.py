# Counts tensors.
# stage: sentence
# cause: keys-no-numbers
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        for i, j in links:
            away = matrix[j].argmax() - i
            counts[away] = counts.get(away, 0) + 1
    return counts
