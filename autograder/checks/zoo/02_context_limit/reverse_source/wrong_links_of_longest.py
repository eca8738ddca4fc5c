# Links of longest.
# stage: links
# cause: links-of-longest
def reverse_source(source, source_mask, links):
    rows = source.clone()
    for number, length in enumerate(source_mask.sum(dim=1).tolist()):
        rows[number, : length - 1] = source[number, : length - 1].flip(0)
    longest = source.shape[1]
    moved = [[(longest - 2 - i, j) for i, j in pairs] for pairs in links]
    return rows, moved
