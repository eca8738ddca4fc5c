# Sutskever et al.: END goes to the front, as when the whole sentence is turned around.
def reverse_source(source, source_mask, links):
    turned, moved = source.clone(), []
    for row, pairs in enumerate(links):
        count = int(source_mask[row].sum())
        turned[row, :count] = source[row, :count].flip(0)
        moved.append([(count - 1 - i, j) for i, j in pairs])
    return turned, moved
