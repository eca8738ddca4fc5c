# Takes END off twice.
# stage: cut
# cause: last-word-lost
def word_weights(weights, source_mask, target_mask):
    rows, columns = target_mask.sum(1) - 1, source_mask.sum(1) - 1
    return [w[: t - 1, : s - 1] for w, t, s in zip(weights, rows, columns, strict=True)]
