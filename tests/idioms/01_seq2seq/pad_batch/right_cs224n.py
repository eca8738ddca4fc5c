# CS224n a4: each sentence made longer, then one tensor.
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    padded = []
    for sequence in sequences:
        padded.append(list(sequence) + [PAD for _ in range(longest - len(sequence))])
    ids = torch.tensor(padded, dtype=torch.long)
    mask = torch.zeros(len(sequences), longest)
    for row, sequence in enumerate(sequences):
        mask[row, : len(sequence)] = 1
    return ids, mask.bool()
