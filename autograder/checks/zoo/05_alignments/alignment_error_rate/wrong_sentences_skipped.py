# Leaves out sentences without sure links.
# stage: corpus
# cause: sentences-skipped
def alignment_error_rate(examples):
    hits = total = 0
    for links, sure, possible in examples:
        if not sure:
            continue
        found, must = set(links), set(sure)
        hits += len(found & must) + len(found & (must | set(possible)))
        total += len(found) + len(must)
    return 1 - hits / total
