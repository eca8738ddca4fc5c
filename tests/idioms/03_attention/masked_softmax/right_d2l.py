# d2l: a number far below all scores, written into a copy.
from torch.nn import functional as F


def masked_softmax(scores, mask):
    shifted = scores - scores.masked_fill(~mask, -torch.inf).amax(-1, keepdim=True)
    shifted = torch.where(mask, shifted, torch.full_like(shifted, -1e6))
    return F.softmax(shifted, dim=-1)
