# The mask is not used.
# stage: padding
# cause: padding-in-both
def forced_and_free(decode, previous, target, mask):
    rows = []
    for forced in (True, False):
        written = decode(previous, torch.full_like(mask, forced)).argmax(-1)
        right = written == target
        rows.append([right.float().mean(), right.all(dim=1).float().mean()])
    return torch.tensor(rows)
