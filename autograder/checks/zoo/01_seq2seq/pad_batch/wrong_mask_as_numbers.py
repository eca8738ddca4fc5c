# The mask holds 0 and 1.
# stage: mask
# cause: mask-as-numbers
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.tensor([sequence + [PAD] * (longest - len(sequence)) for sequence in sequences])
    return ids, (ids != PAD).long()
