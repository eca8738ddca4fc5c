# Offsets of its own.
# stage: given
# cause: offsets-ignored
def best_offset(examples, offsets):
    def hits(offset):
        return sum((i, j + offset) in gold for links, gold in examples for i, j in links)

    return max(range(-20, 21), key=hits)
