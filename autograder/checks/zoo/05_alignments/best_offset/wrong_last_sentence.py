# A count for each sentence, and the last one stays.
# stage: most
# cause: last-sentence
def best_offset(examples, offsets):
    for links, gold in examples:
        hits = {offset: sum((i, j + offset) in gold for i, j in links) for offset in offsets}
    return max(hits, key=hits.get)
