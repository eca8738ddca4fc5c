# A loop over the batch, lengths as numbers.
def word_weights(weights, source_mask, target_mask):
    cut = []
    for b in range(len(weights)):
        rows, columns = int(target_mask[b].sum()) - 1, int(source_mask[b].sum()) - 1
        cut.append(weights[b, :rows, :columns].clone())
    return cut
