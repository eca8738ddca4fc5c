# All words up to the distance.
# stage: distances
# cause: all-up-to
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, target.shape[1]).amin(1, keepdim=True)
    distance = torch.where(mask, places - first, 0)
    return torch.stack([(~wrong)[(distance > 0) & (distance <= d)].float().mean() for d in range(1, reach + 1)])
