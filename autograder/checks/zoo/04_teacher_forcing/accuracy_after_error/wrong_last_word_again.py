# Beyond the last word the last word is taken.
# stage: distances
# cause: last-word-again
def accuracy_after_error(written, target, mask, reach):
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, target.shape[1]).amin(1, keepdim=True)
    shares, rows = [], wrong.any(1)
    for d in range(1, reach + 1):
        at = (first + d).clamp(max=target.shape[1] - 1)
        real = mask.gather(1, at)[:, 0] & rows
        shares.append((written == target).gather(1, at)[real].float().mean())
    return torch.stack(shares)
