# The first change stands for all.
# stage: moves
# cause: one-change
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    for place in range(len(words)):
        changed = words.clone()
        changed[0] = others[0]
        difference = decode(changed) - before
        columns.append((difference.abs() > 1e-4).any(dim=1))
    return torch.stack(columns, dim=1)
