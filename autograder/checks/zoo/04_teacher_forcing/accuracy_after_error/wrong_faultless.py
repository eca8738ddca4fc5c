# argmax alone: a sentence without an error has one at 0.
# stage: faultless
# cause: faultless-counted
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = wrong.int().argmax(1, keepdim=True)
    distance = torch.where(mask, places - first, 0)
    return torch.stack([(~wrong)[distance == d].float().mean() for d in range(1, reach + 1)])
