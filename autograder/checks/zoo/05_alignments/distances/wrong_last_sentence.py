# Begins to count anew with every sentence.
# stage: corpus
# cause: last-sentence
def distances(weights, sure):
    for matrix, links in zip(weights, sure, strict=True):
        counts = {}
        for i, j in links:
            away = int(matrix[j].argmax()) - i
            counts[away] = counts.get(away, 0) + 1
    return counts
