# A dict from target words to source words.
# stage: sentence
# cause: one-link-each
def distances(weights, sure):
    counts = {}
    for matrix, links in zip(weights, sure, strict=True):
        gold = {j: i for i, j in links}
        for j, i in gold.items():
            away = int(matrix[j].argmax()) - i
            counts[away] = counts.get(away, 0) + 1
    return counts
