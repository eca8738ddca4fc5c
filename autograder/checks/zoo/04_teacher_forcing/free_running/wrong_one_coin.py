# A single coin.
# stage: own
# cause: raised
def free_running(decode, previous):
    return decode(previous, torch.tensor(False)).argmax(-1)
