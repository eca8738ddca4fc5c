# fairseq: rows are copied into a tensor full of padding.
def pad_batch(sequences):
    values = [torch.tensor(sequence) for sequence in sequences]
    size = max(value.size(0) for value in values)
    collated = values[0].new(len(values), size).fill_(PAD)
    for row, value in enumerate(values):
        collated[row][: len(value)].copy_(value)
    return collated, collated.ne(PAD)
