# True at padding.
# stage: mask
# cause: mask-inverted
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.tensor([sequence + [PAD] * (longest - len(sequence)) for sequence in sequences])
    return ids, ids == PAD
