# CS224n a4: data is written over.
from torch.nn import functional as F


def masked_softmax(scores, mask):
    e_t = scores.clone()
    e_t.masked_fill_(mask.logical_not().bool(), -float("inf"))
    return F.softmax(e_t, 1)
