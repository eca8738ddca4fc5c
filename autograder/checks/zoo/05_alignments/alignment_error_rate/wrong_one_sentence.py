# Counts begin anew in each sentence.
# stage: corpus
# cause: one-sentence
def alignment_error_rate(examples):
    for links, sure, possible in examples:
        found, must = set(links), set(sure)
        hits = len(found & must) + len(found & (must | set(possible)))
        total = len(found) + len(must)
    return 1 - hits / total
