# fairseq: END in front, as in prev_output_tokens.
def previous_words(target):
    shifted = torch.cat([torch.full_like(target[:, :1], END), target[:, :-1]], 1)
    return shifted
