# Any difference counts.
# stage: rounding
# cause: rounding
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    for place in range(len(words)):
        changed = words.clone()
        changed[place] = others[place]
        difference = decode(changed) - before
        columns.append((difference != 0).any(dim=1))
    return torch.stack(columns, dim=1)
