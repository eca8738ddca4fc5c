# Differences between gold and links of the same source word.
def best_offset(examples, offsets):
    apart = [t - j for links, gold in examples for i, j in links for s, t in gold if s == i]
    return max(offsets, key=apart.count)
