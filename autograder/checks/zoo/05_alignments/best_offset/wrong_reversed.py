# The gold is moved.
# stage: most
# cause: reversed
def best_offset(examples, offsets):
    def hits(offset):
        return sum((i, j - offset) in gold for links, gold in examples for i, j in links)

    return max(offsets, key=hits)
