# From the word's own number.
# stage: sentence
# cause: from-the-diagonal
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        darkest = matrix.argmax(dim=1).tolist()
        for _, j in links:
            away = darkest[j] - j
            counts[away] = counts.get(away, 0) + 1
    return counts
