# A graph of gradients that grows without end.
# verdict: masked_loss error|crashed|timeout, others passed
# %% masked_loss
def masked_loss(logits, target, mask):
    value = logits.sum() * torch.ones(2**20, requires_grad=True)
    kept = []
    while True:
        value = value * torch.ones(2**20, requires_grad=True)
        kept.append(value)
