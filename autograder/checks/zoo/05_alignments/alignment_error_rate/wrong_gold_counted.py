# |S| in place of |A ∩ P|.
# stage: sentence
# cause: gold-counted
def alignment_error_rate(examples):
    hits = total = 0
    for links, sure, possible in examples:
        found, must = set(links), set(sure)
        hits += len(found & must) + len(must)
        total += len(found) + len(must)
    return 1 - hits / total
