# The source word is moved.
# stage: most
# cause: source-moved
def best_offset(examples, offsets):
    def hits(offset):
        return sum((i + offset, j) in gold for links, gold in examples for i, j in links)

    return max(offsets, key=hits)
