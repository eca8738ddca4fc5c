# A column too many.
# stage: ids
# cause: one-too-long
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.tensor([sequence + [PAD] * (longest + 1 - len(sequence)) for sequence in sequences])
    return ids, ids != PAD
