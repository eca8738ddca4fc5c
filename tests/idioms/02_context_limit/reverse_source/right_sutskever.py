# Sutskever et al.: each sentence flipped before its END, one row after another.
def reverse_source(source, source_mask, links):
    turned, moved = source.clone(), []
    for row in range(source.shape[0]):
        words = int(source_mask[row].sum()) - 1
        turned[row, :words] = source[row, :words].flip(0)
        moved.append([(words - 1 - i, j) for i, j in links[row]])
    return turned, moved
