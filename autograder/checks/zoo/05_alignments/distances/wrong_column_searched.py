# Looks for the greatest weight in the column of the gold word.
# stage: sentence
# cause: column-searched
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        for i, j in links:
            away = matrix[:, i].argmax().item() - j
            counts[away] = counts.get(away, 0) + 1
    return counts
