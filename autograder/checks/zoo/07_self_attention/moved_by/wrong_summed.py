# Adds up how far all numbers move.
# stage: rounding
# cause: numbers-together
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    for place in range(len(words)):
        changed = words.clone()
        changed[place] = others[place]
        difference = decode(changed) - before
        columns.append(difference.abs().sum(dim=1) > 1e-4)
    return torch.stack(columns, dim=1)
