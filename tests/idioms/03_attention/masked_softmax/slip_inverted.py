# PyTorch: the mask read as key_padding_mask, True at padding.
def masked_softmax(scores, mask):
    return scores.masked_fill(mask, -torch.inf).softmax(1)
