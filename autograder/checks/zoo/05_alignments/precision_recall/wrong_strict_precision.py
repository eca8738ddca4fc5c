# Possible links are wrong.
# stage: shares
# cause: strict-precision
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & must) / len(found), len(found & must) / len(must)
