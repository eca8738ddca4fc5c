# d2l: the whole tensor flipped, padding and all.
def reverse_source(source, source_mask, links):
    width = source.shape[1]
    return source.flip(1), [[(width - 1 - i, j) for i, j in pairs] for pairs in links]
