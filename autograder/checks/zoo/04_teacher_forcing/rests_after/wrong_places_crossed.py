# Picks the columns of all places in every row.
# stage: shares
# cause: places-crossed
def rests_after(written, control, target, mask, places):
    after = mask & (torch.arange(target.shape[1]) > places.unsqueeze(1))
    next_right = (written == target)[:, places + 1]
    rest_right = ~((written != target) & after).any(dim=1)
    control_right = ~((control != target) & after).any(dim=1)
    shares = [next_right, rest_right, rest_right[control_right]]
    return torch.stack([share.float().mean() for share in shares])
