# What is written at padding must be right.
# stage: padding
# cause: padding-spoils
def forced_and_free(decode, previous, target, mask):
    rows = []
    for forced in (True, False):
        written = decode(previous, torch.full_like(mask, forced)).argmax(-1)
        right = (written == target) | ~mask
        rows.append([right[mask].float().mean(), (written == target).all(dim=1).float().mean()])
    return torch.tensor(rows)
