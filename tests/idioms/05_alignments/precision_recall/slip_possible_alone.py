# simalign: a possible set taken for one that holds the sure links.
def precision_recall(links, sure, possible):
    found = set(links)
    return len(found & set(possible)) / len(found), len(found & set(sure)) / len(sure)
