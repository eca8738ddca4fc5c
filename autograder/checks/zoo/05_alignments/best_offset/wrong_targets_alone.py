# Compares target words, whatever the source word.
# stage: most
# cause: targets-alone
def best_offset(examples, offsets):
    def hits(offset):
        return sum(j + offset in [t for _, t in gold] for links, gold in examples for _, j in links)

    return max(offsets, key=hits)
