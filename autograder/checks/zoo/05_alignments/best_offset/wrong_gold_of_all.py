# Gold links of all sentences in one set.
# stage: most
# cause: gold-of-all
def best_offset(examples, offsets):
    everything = {link for _, gold in examples for link in gold}

    def hits(offset):
        return sum((i, j + offset) in everything for links, _ in examples for i, j in links)

    return max(offsets, key=hits)
