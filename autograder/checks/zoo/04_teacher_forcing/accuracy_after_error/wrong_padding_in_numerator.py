# The right words are counted without the mask.
# stage: padding
# cause: padding-in-numerator
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, target.shape[1]).amin(1, keepdim=True)
    at = [places - first == d for d in range(1, reach + 1)]
    return torch.stack([((written == target) & place).sum() / (mask & place).sum() for place in at])
