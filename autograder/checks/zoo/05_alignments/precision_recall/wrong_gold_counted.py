# All sure links count as found.
# stage: shares
# cause: gold-counted
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    return len(must) / len(found), len(found & must) / len(must)
