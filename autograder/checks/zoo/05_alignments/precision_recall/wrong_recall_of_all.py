# Divides by all gold links.
# stage: shares
# cause: recall-of-all
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & may) / len(found), len(found & must) / len(may)
