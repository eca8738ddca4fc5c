# Pads the given lists themselves.
# stage: unchanged
# cause: input-changed
def pad_batch(sequences):
    longest = max(map(len, sequences))
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    for sequence in sequences:
        sequence += [PAD] * (longest - len(sequence))
    return torch.tensor(sequences), torch.arange(longest) < lengths.unsqueeze(1)
