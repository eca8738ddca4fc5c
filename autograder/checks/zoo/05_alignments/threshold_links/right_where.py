# Two index tensors.
def threshold_links(weights, threshold):
    target, source = torch.where(~(weights < threshold))
    return zip(source.tolist(), target.tolist())
