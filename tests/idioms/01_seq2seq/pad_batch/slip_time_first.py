# bentrevett: time comes before the batch.
def pad_batch(sequences):
    from torch.nn.utils.rnn import pad_sequence

    ids = pad_sequence([torch.tensor(sequence) for sequence in sequences], padding_value=PAD)
    return ids, ids != PAD
