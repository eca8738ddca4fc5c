# Compares with what is read.
# stage: whole
# cause: previous-compared
def forced_and_free(decode, previous, target, mask):
    rows = []
    for forced in (True, False):
        written = decode(previous, torch.full_like(mask, forced)).argmax(-1)
        right = (written == previous) | ~mask
        rows.append([right[mask].float().mean(), right.all(dim=1).float().mean()])
    return torch.tensor(rows)
