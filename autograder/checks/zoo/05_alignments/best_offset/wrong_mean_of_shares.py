# Every sentence weighs the same.
# stage: most
# cause: mean-of-shares
def best_offset(examples, offsets):
    def share(offset):
        return sum(sum((i, j + offset) in gold for i, j in links) / len(links) for links, gold in examples)

    return max(offsets, key=share)
