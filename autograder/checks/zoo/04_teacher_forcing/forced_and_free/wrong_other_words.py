# Free-running starts from a row of START.
# stage: whole
# cause: other-words
def forced_and_free(decode, previous, target, mask):
    rows = []
    for forced in (True, False):
        given = previous if forced else torch.full_like(previous, START)
        written = decode(given, torch.full_like(mask, forced)).argmax(-1)
        right = (written == target) | ~mask
        rows.append([right[mask].float().mean(), right.all(dim=1).float().mean()])
    return torch.tensor(rows)
