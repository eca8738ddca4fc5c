# Source word and target word of a link are mixed up.
# stage: sentence
# cause: raised
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        darkest = matrix.argmax(dim=1).tolist()
        for i, j in links:
            counts[darkest[i] - j] = counts.get(darkest[i] - j, 0) + 1
    return counts
