# One coin for all.
# stage: whole
# cause: raised
def forced_and_free(decode, previous, target, mask):
    rows = []
    for forced in (True, False):
        written = decode(previous, torch.tensor(forced)).argmax(-1)
        right = (written == target) | ~mask
        rows.append([right[mask].float().mean(), right.all(dim=1).float().mean()])
    return torch.tensor(rows)
