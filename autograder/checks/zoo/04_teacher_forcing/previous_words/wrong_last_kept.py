# START in front, nothing left out.
# stage: shifted
# cause: last-word-kept
def previous_words(target):
    start = torch.full_like(target[:, :1], START)
    previous = torch.cat([start, target], dim=1)
    return previous.masked_fill(previous == END, PAD)
