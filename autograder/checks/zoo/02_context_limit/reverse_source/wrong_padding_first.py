# Padding first.
# stage: padding
# cause: padding-first
def reverse_source(source, source_mask, links):
    moved = [
        [(n - 2 - i, j) for i, j in pairs] for n, pairs in zip(source_mask.sum(dim=1).tolist(), links, strict=True)
    ]
    return torch.cat([source[:, :-1].flip(1), source[:, -1:]], dim=1), moved
