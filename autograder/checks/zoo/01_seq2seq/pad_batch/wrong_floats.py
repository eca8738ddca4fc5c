# Word numbers are floats.
# stage: ids
# cause: ids-as-floats
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.zeros(len(sequences), longest)
    for row, sequence in zip(ids, sequences):
        row[: len(sequence)] = torch.tensor(sequence)
    return ids, ids != PAD
