# Possible links do not contain the sure ones.
# stage: shares
# cause: sure-forgotten
def precision_recall(links, sure, possible):
    found, must = set(links), set(sure)
    may = set(possible)
    return len(found & may) / len(found), len(found & must) / len(must)
