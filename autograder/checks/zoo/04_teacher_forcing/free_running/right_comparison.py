# Coins by a comparison.
def free_running(decode, previous):
    return decode(previous, previous != previous).max(dim=2).indices
