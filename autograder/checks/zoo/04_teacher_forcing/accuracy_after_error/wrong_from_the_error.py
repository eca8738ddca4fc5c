# Item 0 is the error itself.
# stage: distances
# cause: error-counted
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, target.shape[1]).amin(1, keepdim=True)
    distance = torch.where(mask, places - first, -1)
    return torch.stack([(~wrong)[distance == d].float().mean() for d in range(reach)])
