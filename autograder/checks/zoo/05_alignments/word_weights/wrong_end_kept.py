# END stays.
# stage: cut
# cause: end-kept
def word_weights(weights, source_mask, target_mask):
    columns, rows = source_mask.sum(1), target_mask.sum(1)
    return [matrix[:t, :s] for matrix, t, s in zip(weights, rows, columns)]
