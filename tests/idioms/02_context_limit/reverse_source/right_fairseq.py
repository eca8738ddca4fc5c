# fairseq: indices of all places, and gather, as when padding is moved to the left.
def reverse_source(source, source_mask, links):
    counts = source_mask.long().sum(dim=1, keepdim=True) - 1
    indices = torch.arange(source.size(1)).expand_as(source)
    indices = torch.where(indices < counts, counts - 1 - indices, indices)
    sizes = counts.flatten().tolist()
    moved = [[(size - i - 1, j) for i, j in pairs] for size, pairs in zip(sizes, links)]
    return source.gather(1, indices), moved
