# Padding in front.
# stage: ids
# cause: padded-left
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    rows = [[PAD] * (longest - len(sequence)) + list(sequence) for sequence in sequences]
    ids = torch.tensor(rows)
    return ids, ids != PAD
