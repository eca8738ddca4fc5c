# The last row and column go, whatever they are.
# stage: cut
# cause: padding-kept
def word_weights(weights, source_mask, target_mask):
    return [matrix[:-1, :-1] for matrix in weights]
