# d2l: a column of START joined to all but the last.
def previous_words(target):
    bos = torch.tensor([START] * target.shape[0]).reshape(-1, 1)
    dec_input = torch.cat([bos, target[:, :-1]], 1)
    return torch.where(dec_input == END, torch.tensor(PAD), dec_input)
