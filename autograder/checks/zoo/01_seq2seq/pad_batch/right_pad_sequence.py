# The library's function; the mask from the numbers.
def pad_batch(sequences):
    tensors = [torch.tensor(sequence) for sequence in sequences]
    ids = torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=PAD)
    return ids, ids.ne(PAD)
