# fast_align: lists, and a result that is a list of two.
def precision_recall(links, sure, possible):
    gold = sure + possible
    return [sum(link in gold for link in links) / len(links), sum(link in links for link in sure) / len(sure)]
