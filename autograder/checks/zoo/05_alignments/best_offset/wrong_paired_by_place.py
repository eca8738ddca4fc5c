# Goes through links and gold side by side.
# stage: most
# cause: paired-by-place
def best_offset(examples, offsets):
    def hits(offset):
        return sum((i, j + offset) == right for links, gold in examples for (i, j), right in zip(links, gold))

    return max(offsets, key=hits)
