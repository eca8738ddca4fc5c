# Rows are made to sum to 1 again.
# stage: cut
# cause: renormalised
def word_weights(weights, source_mask, target_mask):
    columns, rows = source_mask.sum(1) - 1, target_mask.sum(1) - 1
    return [matrix[:t, :s] / matrix[:t, :s].sum(1, keepdim=True) for matrix, t, s in zip(weights, rows, columns)]
