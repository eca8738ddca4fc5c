# Puts the other word into the words themselves.
# stage: moves
# cause: words-changed
def moved_by(decode, words, others):
    before = decode(words)
    columns = []
    for place in range(len(words)):
        right = int(words[place])
        words[place] = others[place]
        difference = decode(words) - before
        if place + 1 < len(words):
            words[place] = right
        columns.append((difference.abs() > 1e-4).any(dim=1))
    return torch.stack(columns, dim=1)
