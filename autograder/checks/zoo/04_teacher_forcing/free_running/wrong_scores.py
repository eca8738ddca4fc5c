# The scores are returned.
# stage: own
# cause: scores-returned
def free_running(decode, previous):
    return decode(previous, torch.zeros_like(previous, dtype=torch.bool))
