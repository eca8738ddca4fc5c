# sklearn: recall first.
def precision_recall(links, sure, possible):
    found, gold = set(links), set(sure) | set(possible)
    return len(found & set(sure)) / len(sure), len(found & gold) / len(found)
