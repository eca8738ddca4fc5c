# Places by take_along_dim.
def reverse_source(source, source_mask, links):
    last = source_mask.sum(dim=1, keepdim=True) - 1
    places = torch.arange(source.shape[1]).expand_as(source)
    places = torch.where(places < last, (last - 1 - places) % source.shape[1], places)
    moved = [[(places[b, i].item(), j) for i, j in each] for b, each in enumerate(links)]
    return torch.take_along_dim(source, places, dim=1), moved
