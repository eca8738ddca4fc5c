# The shift_tokens_right of libraries: a new tensor, shifted by one.
def previous_words(target):
    shifted = target.new_zeros(target.shape)
    shifted[:, 1:] = target[:, :-1].clone()
    shifted[:, 0] = START
    shifted[shifted == END] = PAD
    return shifted
