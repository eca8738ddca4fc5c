# What is wrong and what is missed, taken from 1.
def precision_recall(links, sure, possible):
    links, sure = set(links), set(sure)
    wrong = links.difference(sure, possible)
    return [1 - len(wrong) / len(links), 1 - len(sure - links) / len(sure)]
