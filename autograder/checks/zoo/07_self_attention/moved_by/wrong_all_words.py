# Changes all words at once.
# stage: moves
# cause: all-changed
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    for place in range(len(words)):
        changed = others.clone()
        difference = decode(changed) - before
        columns.append((difference.abs() > 1e-4).any(dim=1))
    return torch.stack(columns, dim=1)
