# Links the wrong way round, gold as it is.
# stage: most
# cause: crossed
def best_offset(examples, offsets):
    def hits(offset):
        return sum((j, i + offset) in gold for links, gold in examples for i, j in links)

    return max(offsets, key=hits)
