# Divides by the number of links.
# stage: sentence
# cause: shares
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        darkest = matrix.argmax(dim=1).tolist()
        for i, j in links:
            counts[darkest[j] - i] = counts.get(darkest[j] - i, 0) + 1
    total = sum(counts.values())
    return {away: count / total for away, count in counts.items()}
