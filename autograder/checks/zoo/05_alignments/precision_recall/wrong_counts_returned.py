# No division.
# stage: shares
# cause: counts-returned
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & may), len(found & must)
