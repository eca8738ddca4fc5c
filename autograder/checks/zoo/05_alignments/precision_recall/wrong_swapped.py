# Recall first.
# stage: shares
# cause: swapped
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & must) / len(must), len(found & may) / len(found)
