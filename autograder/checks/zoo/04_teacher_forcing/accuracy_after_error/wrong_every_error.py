# After each error anew.
# stage: distances
# cause: every-error
def accuracy_after_error(written, target, mask, reach):
    wrong, shares = (written != target) & mask, []
    for d in range(1, reach + 1):
        after, real = wrong[:, :-d], mask[:, d:]
        shares.append((written == target)[:, d:][after & real].float().mean())
    return torch.stack(shares)
