# fairseq: source sentences padded on the left.
def pad_batch(sequences):
    longest = max(map(len, sequences))
    ids = torch.tensor([[PAD] * (longest - len(sequence)) + list(sequence) for sequence in sequences])
    return ids, ids != PAD
