# The batch is cut as one rectangle by tensors of lengths.
# stage: cut
# cause: raised
def word_weights(weights, source_mask, target_mask):
    return weights[:, : target_mask.sum(1) - 1, : source_mask.sum(1) - 1]
