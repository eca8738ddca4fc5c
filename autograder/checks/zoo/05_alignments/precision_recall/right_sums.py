# Sums of comparisons.
def precision_recall(links, sure, possible):
    right = [link in sure or link in possible for link in links]
    found = [link in links for link in sure]
    return sum(right) / len(right), sum(found) / len(found)
