# The masks choose rows and columns; the last of each goes.
def word_weights(weights, source_mask, target_mask):
    pairs = zip(weights, source_mask, target_mask, strict=True)
    return tuple(matrix[target][:, source][:-1, :-1] for matrix, source, target in pairs)
