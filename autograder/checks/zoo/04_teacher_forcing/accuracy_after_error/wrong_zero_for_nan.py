# 0 where there is no word.
# stage: empty
# cause: not-nan
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, target.shape[1]).amin(1, keepdim=True)
    distance = torch.where(mask, places - first, 0)
    picked = [(~wrong)[distance == d].float() for d in range(1, reach + 1)]
    return torch.stack([right.sum() / max(len(right), 1) for right in picked])
