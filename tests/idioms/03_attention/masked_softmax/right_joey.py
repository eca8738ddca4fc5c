# Joey NMT: minus infinity where there is no word.
from torch.nn import functional as F


def masked_softmax(scores, mask):
    return F.softmax(torch.where(mask > 0, scores, scores.new_full([1], float("-inf"))), dim=-1)
