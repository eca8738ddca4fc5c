# fairseq: the padding mask is the inverse, the fill the type's own -inf.
def masked_softmax(scores, mask):
    padding = mask.logical_not()
    return torch.softmax(scores.float().masked_fill(padding, float("-inf")).type_as(scores), dim=1)
