# Slices begin at 1, in the rows alone.
# stage: cut
# cause: first-word-lost
def word_weights(weights, source_mask, target_mask):
    rows, columns = target_mask.sum(1), source_mask.sum(1)
    return [w[1:t, : s - 1] for w, t, s in zip(weights, rows, columns, strict=True)]
