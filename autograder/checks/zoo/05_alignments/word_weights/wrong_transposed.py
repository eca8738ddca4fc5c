# Rows and columns are swapped at the end.
# stage: cut
# cause: transposed
def word_weights(weights, source_mask, target_mask):
    columns, rows = source_mask.sum(1) - 1, target_mask.sum(1) - 1
    return [matrix[:t, :s].T for matrix, t, s in zip(weights, rows, columns)]
