# From the last error.
# stage: distances
# cause: last-error
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, -1).amax(1, keepdim=True)
    first = torch.where(first < 0, target.shape[1], first)
    distance = torch.where(mask, places - first, 0)
    return torch.stack([(~wrong)[distance == d].float().mean() for d in range(1, reach + 1)])
