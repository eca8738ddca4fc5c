# Both sides together.
# stage: sentence
# cause: absolute
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        darkest = matrix.argmax(dim=1).tolist()
        for i, j in links:
            away = abs(darkest[j] - i)
            counts[away] = counts.get(away, 0) + 1
    return counts
