# Keeps the column of END.
# stage: cut
# cause: end-on-one-side
def word_weights(weights, source_mask, target_mask):
    rows, columns = target_mask.sum(1), source_mask.sum(1)
    return [w[: t - 1, :s] for w, t, s in zip(weights, rows, columns, strict=True)]
