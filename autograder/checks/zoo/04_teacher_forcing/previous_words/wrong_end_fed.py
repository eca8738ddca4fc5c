# END is read like a word.
# stage: ends
# cause: end-fed
def previous_words(target):
    start = torch.full_like(target[:, :1], START)
    return torch.cat([start, target[:, :-1]], dim=1)
