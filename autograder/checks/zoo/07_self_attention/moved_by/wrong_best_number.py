# Compares the greatest number of each output.
# stage: moves
# cause: best-only
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    for place in range(len(words)):
        changed = words.clone()
        changed[place] = others[place]
        moved = decode(changed).argmax(dim=1) != before.argmax(dim=1)
        columns.append(moved)
    return torch.stack(columns, dim=1)
