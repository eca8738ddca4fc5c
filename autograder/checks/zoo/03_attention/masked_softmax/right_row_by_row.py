# One sentence at a time.
def masked_softmax(scores, mask):
    rows = []
    for row, real in zip(scores, mask, strict=True):
        weights = row.new_zeros(len(row))
        weights[real] = row[real].softmax(0)
        rows.append(weights)
    return torch.stack(rows)
