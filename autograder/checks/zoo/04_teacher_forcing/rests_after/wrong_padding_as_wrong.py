# Padding is never right.
# stage: padding
# cause: padding-as-wrong
def rests_after(written, control, target, mask, places):
    before = torch.arange(target.shape[1]) <= places.unsqueeze(1)
    next_right = (written == target).gather(1, places.unsqueeze(1) + 1)
    rest_right = (((written == target) & mask) | before).all(dim=1)
    control_right = (((control == target) & mask) | before).all(dim=1)
    shares = [next_right, rest_right, rest_right[control_right]]
    return torch.stack([share.float().mean() for share in shares])
