# The place in the list.
# stage: most
# cause: index-returned
def best_offset(examples, offsets):
    def hits(offset):
        return sum((i, j + offset) in gold for links, gold in examples for i, j in links)

    return max(range(len(offsets)), key=lambda n: hits(offsets[n]))
