# Recall of all gold links.
# stage: shares
# cause: possible-recalled
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & may) / len(found), len(found & may) / len(may)
