# Lists first; a list of two.
def pad_batch(sequences):
    longest = max(map(len, sequences))
    ids, mask = [], []
    for sequence in sequences:
        gap = longest - len(sequence)
        ids.append(sequence + [PAD] * gap)
        mask.append([True] * len(sequence) + [False] * gap)
    return [torch.tensor(ids), torch.tensor(mask)]
