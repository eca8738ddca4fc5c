# One column a sentence.
# stage: ids
# cause: transposed
def pad_batch(sequences):
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(sequence) for sequence in sequences])
    return ids, ids != PAD
