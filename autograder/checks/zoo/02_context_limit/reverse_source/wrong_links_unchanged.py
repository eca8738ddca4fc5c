# Links unchanged.
# stage: links
# cause: links-unchanged
def reverse_source(source, source_mask, links):
    rows = source.clone()
    for number, length in enumerate(source_mask.sum(dim=1).tolist()):
        rows[number, : length - 1] = source[number, : length - 1].flip(0)
    return rows, links
