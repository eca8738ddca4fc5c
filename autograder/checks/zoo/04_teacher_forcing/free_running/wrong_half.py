# Half of the words are forced.
# stage: own
# cause: half-forced
def free_running(decode, previous):
    coins = torch.zeros_like(previous, dtype=torch.bool)
    coins[:, ::2] = True
    return decode(previous, coins).argmax(-1)
