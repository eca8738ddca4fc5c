# OpenNMT-py: pad_sequence, and a mask made of the lengths.
def pad_batch(sequences):
    from torch.nn.utils.rnn import pad_sequence

    lengths = torch.tensor([len(sequence) for sequence in sequences])
    ids = pad_sequence([torch.tensor(sequence) for sequence in sequences], batch_first=True, padding_value=PAD)
    steps = torch.arange(0, int(lengths.max())).type_as(lengths).repeat(len(lengths), 1)
    return ids, steps.lt(lengths.unsqueeze(1))
