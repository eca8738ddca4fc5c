# Padding counts.
# stage: padding
# cause: padding-counted
def accuracy_after_error(written, target, mask, reach):
    wrong = written != target
    places = torch.arange(target.shape[1])
    first = torch.where(wrong & mask, places, target.shape[1]).amin(1, keepdim=True)
    return torch.stack([(~wrong)[places - first == d].float().mean() for d in range(1, reach + 1)])
