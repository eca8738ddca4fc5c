# Leaves out the last sentence.
# stage: most
# cause: left-out
def best_offset(examples, offsets):
    hits = dict.fromkeys(offsets, 0)
    for number in range(len(examples) - 1):
        links, gold = examples[number]
        for offset in offsets:
            hits[offset] += sum((i, j + offset) in gold for i, j in links)
    return max(offsets, key=hits.get)
