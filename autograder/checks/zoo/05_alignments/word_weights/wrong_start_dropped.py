# The first row and column go instead of END.
# stage: cut
# cause: start-dropped
def word_weights(weights, source_mask, target_mask):
    columns, rows = source_mask.sum(1), target_mask.sum(1)
    return [matrix[1:t, 1:s] for matrix, t, s in zip(weights, rows, columns)]
