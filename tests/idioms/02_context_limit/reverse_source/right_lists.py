# OpenNMT-py: lists of tokens, padded again.
def reverse_source(source, source_mask, links):
    rows, moved = [], []
    for numbers, real, pairs in zip(source.tolist(), source_mask.tolist(), links):
        count = sum(real)
        rows.append(list(reversed(numbers[: count - 1])) + numbers[count - 1 :])
        moved.append([(count - 2 - i, j) for (i, j) in pairs])
    return torch.tensor(rows), moved
