# A copy, shifted by slices.
def previous_words(target):
    previous = target.clone()
    previous[:, 1:] = torch.where(target[:, :-1] == END, PAD, target[:, :-1])
    previous[:, 0] = START
    return previous
