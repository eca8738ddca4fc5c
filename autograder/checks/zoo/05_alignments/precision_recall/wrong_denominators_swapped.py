# Divided by the other.
# stage: shares
# cause: denominators-swapped
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & may) / len(must), len(found & must) / len(found)
