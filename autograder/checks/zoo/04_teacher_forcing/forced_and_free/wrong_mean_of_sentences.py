# A share for each sentence, then their mean.
# stage: padding
# cause: mean-of-sentences
def forced_and_free(decode, previous, target, mask):
    rows = []
    for forced in (True, False):
        written = decode(previous, torch.full_like(mask, forced)).argmax(-1)
        right = (written == target) | ~mask
        rows.append([((right & mask).sum(1) / mask.sum(1)).mean(), right.all(dim=1).float().mean()])
    return torch.tensor(rows)
