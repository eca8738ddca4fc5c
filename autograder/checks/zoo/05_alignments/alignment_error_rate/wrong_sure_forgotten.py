# P without S.
# stage: sentence
# cause: sure-forgotten
def alignment_error_rate(examples):
    hits = total = 0
    for links, sure, possible in examples:
        found, must = set(links), set(sure)
        may = set(possible)
        hits += len(found & must) + len(found & may)
        total += len(found) + len(must)
    return 1 - hits / total
