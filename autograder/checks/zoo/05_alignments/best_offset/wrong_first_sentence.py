# Returns in the loop's first round.
# stage: most
# cause: first-sentence
def best_offset(examples, offsets):
    for links, gold in examples:
        hits = [sum((i, j + offset) in gold for i, j in links) for offset in offsets]
        return offsets[hits.index(max(hits))]
