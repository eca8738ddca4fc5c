# Counts possible links that were found, divides by sure ones.
# stage: shares
# cause: recall-counts-possible
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & may) / len(found), len(found & may) / len(must)
