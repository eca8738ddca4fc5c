# A row for each change.
# stage: moves
# cause: transposed
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    for place in range(len(words)):
        changed = words.clone()
        changed[place] = others[place]
        difference = decode(changed) - before
        columns.append((difference.abs() > 1e-4).any(dim=1))
    return torch.stack(columns)
