# The greatest real score is taken off first.
def masked_softmax(scores, mask):
    greatest = scores.masked_fill(~mask, -torch.inf).amax(1, keepdim=True)
    powers = (scores - greatest).masked_fill(~mask, -torch.inf).exp()
    return powers / powers.sum(1, keepdim=True)
