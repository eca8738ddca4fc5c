# A table filled column by column.
def moved_by(decode, words, others):
    table = torch.zeros(len(words), len(words), dtype=torch.bool)
    for s in range(len(words)):
        changed = torch.cat([words[:s], others[s : s + 1], words[s + 1 :]])
        for t, (old, new) in enumerate(zip(decode(words), decode(changed))):
            table[t, s] = bool(((old - new).abs() > 1e-4).any())
    return table
