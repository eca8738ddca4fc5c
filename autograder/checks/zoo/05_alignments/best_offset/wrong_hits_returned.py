# The number of hits.
# stage: most
# cause: hits-returned
def best_offset(examples, offsets):
    def hits(offset):
        return sum((i, j + offset) in gold for links, gold in examples for i, j in links)

    return max(hits(offset) for offset in offsets)
