# nltk: sets and their intersections, the possible ones joined with the sure.
def precision_recall(links, sure, possible):
    hypothesis, reference = frozenset(links), frozenset(sure)
    allowed = reference.union(possible)
    precision = len(allowed.intersection(hypothesis)) / len(hypothesis)
    return precision, len(reference.intersection(hypothesis)) / float(len(reference))
