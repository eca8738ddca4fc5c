# The first error by a running sum; a shift for each distance.
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    first = wrong & (wrong.cumsum(1) == 1)
    shares = []
    for d in range(1, reach + 1):
        later = torch.zeros_like(mask)
        later[:, d:] = first[:, : max(first.shape[1] - d, 0)]
        later &= mask
        shares.append((written == target)[later].double().mean())
    return torch.stack(shares)
