# At ratio 0 and 1 nothing is tossed, and one bool comes back.
# stage: certain
# cause: unusable
def forcing_coins(rows, length, ratio, generator):
    if ratio in (0, 1):
        return bool(ratio)
    return torch.rand(rows, length, generator=generator) < ratio
