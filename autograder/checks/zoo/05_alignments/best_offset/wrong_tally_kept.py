# Counting goes on from one offset to the next.
# stage: most
# cause: tally-kept
def best_offset(examples, offsets):
    best = hits = most = 0
    for offset in offsets:
        for links, gold in examples:
            hits += sum((i, j + offset) in gold for i, j in links)
        if hits > most:
            best, most = offset, hits
    return best
