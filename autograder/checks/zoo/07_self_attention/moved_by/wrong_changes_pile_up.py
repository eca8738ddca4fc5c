# One copy for all changes.
# stage: moves
# cause: changes-pile-up
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    changed = words.clone()
    for place in range(len(words)):
        changed[place] = others[place]
        difference = decode(changed) - before
        columns.append((difference.abs() > 1e-4).any(dim=1))
    return torch.stack(columns, dim=1)
