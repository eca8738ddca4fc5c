# Unchanged.
# stage: words
# cause: unchanged
def reverse_source(source, source_mask, links):
    moved = [
        [(n - 2 - i, j) for i, j in pairs] for n, pairs in zip(source_mask.sum(dim=1).tolist(), links, strict=True)
    ]
    return source, moved
