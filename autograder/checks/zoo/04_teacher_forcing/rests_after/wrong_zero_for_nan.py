# 0 where nothing could be kept.
# stage: empty
# cause: not-nan
def rests_after(written, control, target, mask, places):
    after = mask & (torch.arange(target.shape[1]) > places.unsqueeze(1))
    next_right = (written == target).gather(1, places.unsqueeze(1) + 1)
    rest_right = ~((written != target) & after).any(dim=1)
    control_right = ~((control != target) & after).any(dim=1)
    shares = [next_right, rest_right, rest_right[control_right]]
    return torch.stack([share.float().sum() / max(share.numel(), 1) for share in shares])
