# End first.
# stage: words
# cause: end-first
def reverse_source(source, source_mask, links):
    rows = source.clone()
    for number, length in enumerate(source_mask.sum(dim=1).tolist()):
        rows[number, :length] = source[number, :length].flip(0)
    moved = [
        [(n - 2 - i, j) for i, j in pairs] for n, pairs in zip(source_mask.sum(dim=1).tolist(), links, strict=True)
    ]
    return rows, moved
