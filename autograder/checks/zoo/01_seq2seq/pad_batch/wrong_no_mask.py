# Only one of the two results.
# stage: ids
# cause: wrong-type
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    return torch.tensor([sequence + [PAD] * (longest - len(sequence)) for sequence in sequences])
