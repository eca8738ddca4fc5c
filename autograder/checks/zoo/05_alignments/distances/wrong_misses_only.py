# Leaves hits out.
# stage: sentence
# cause: misses-only
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        darkest = matrix.argmax(dim=1).tolist()
        for i, j in links:
            counts[darkest[j] - i] = counts.get(darkest[j] - i, 0) + 1
    return {away: count for away, count in counts.items() if away}
