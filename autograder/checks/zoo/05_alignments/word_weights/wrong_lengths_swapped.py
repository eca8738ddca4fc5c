# The masks are mixed up.
# stage: cut
# cause: lengths-swapped
def word_weights(weights, source_mask, target_mask):
    columns, rows = source_mask.sum(1) - 1, target_mask.sum(1) - 1
    return [matrix[:s, :t] for matrix, t, s in zip(weights, rows, columns)]
