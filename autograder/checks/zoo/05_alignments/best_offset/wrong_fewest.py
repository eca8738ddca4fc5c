# The worst offset.
# stage: most
# cause: fewest
def best_offset(examples, offsets):
    def hits(offset):
        return sum((i, j + offset) in gold for links, gold in examples for i, j in links)

    return min(offsets, key=hits)
