# PyTorch: True at padding, as key_padding_mask wants it.
def pad_batch(sequences):
    from torch.nn.utils.rnn import pad_sequence

    ids = pad_sequence([torch.tensor(sequence) for sequence in sequences], batch_first=True, padding_value=PAD)
    return ids, ids == PAD
