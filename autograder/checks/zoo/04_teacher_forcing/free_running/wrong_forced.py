# Forcing is left on.
# stage: own
# cause: forced
def free_running(decode, previous):
    return decode(previous, torch.ones_like(previous, dtype=torch.bool)).argmax(-1)
