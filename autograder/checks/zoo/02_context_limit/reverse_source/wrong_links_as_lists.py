# Links are lists.
# stage: links
# cause: links-no-tuples
def reverse_source(source, source_mask, links):
    rows, moved = source.clone(), []
    for number, length in enumerate(source_mask.sum(dim=1).tolist()):
        rows[number, : length - 1] = source[number, : length - 1].flip(0)
        moved.append([[length - 2 - i, j] for i, j in links[number]])
    return rows, moved
