# NumPy arrays.
# stage: cut
# cause: wrong-type
def word_weights(weights, source_mask, target_mask):
    rows, columns = (target_mask.sum(1) - 1).tolist(), (source_mask.sum(1) - 1).tolist()
    return [matrix[:t, :s].numpy() for matrix, t, s in zip(weights, rows, columns)]
