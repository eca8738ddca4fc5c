# Word numbers of 32 bits.
# stage: ids
# cause: other-integers
def pad_batch(sequences):
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    ids = torch.full((len(sequences), int(lengths.max())), PAD, dtype=torch.int32)
    for row, sequence in zip(ids, sequences):
        row[: len(sequence)] = torch.tensor(sequence)
    return ids, torch.arange(ids.shape[1]) < lengths.unsqueeze(1)
