# The lowest score.
# stage: own
# cause: worst
def free_running(decode, previous):
    return decode(previous, torch.zeros_like(previous, dtype=torch.bool)).argmin(-1)
