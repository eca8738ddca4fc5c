# The gaps are filled with END.
# stage: ids
# cause: end-as-padding
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.tensor([sequence + [END] * (longest - len(sequence)) for sequence in sequences])
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return ids, torch.arange(longest) < lengths.unsqueeze(1)
