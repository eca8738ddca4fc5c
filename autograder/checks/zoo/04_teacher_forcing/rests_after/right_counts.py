# Counts errors in the rest.
def rests_after(written, control, target, mask, places):
    rows = torch.arange(len(target))
    after = torch.zeros_like(mask)
    after[rows, places + 1] = True
    after = after.cumsum(1).bool() & mask
    errors, known = (((words != target) & after).sum(1) for words in (written, control))
    kept = ((errors == 0) & (known == 0)).sum() / (known == 0).sum()
    return torch.stack([(written == target)[rows, places + 1].double().mean(), (errors == 0).double().mean(), kept])
