# Without 1 minus.
# stage: sentence
# cause: one-minus-forgotten
def alignment_error_rate(examples):
    hits = total = 0
    for links, sure, possible in examples:
        found, must = set(links), set(sure)
        may = must | set(possible)
        hits += len(found & must) + len(found & may)
        total += len(found) + len(must)
    return hits / total
