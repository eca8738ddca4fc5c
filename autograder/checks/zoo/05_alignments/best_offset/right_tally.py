# A tally of agreements, offset by offset.
def best_offset(examples, offsets):
    tally = dict.fromkeys(offsets, 0)
    for links, gold in examples:
        for offset in offsets:
            tally[offset] += len({(i, j + offset) for i, j in links} & set(gold))
    return max(tally, key=tally.get)
