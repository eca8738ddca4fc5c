# A tensor of many gigabytes, and one that only looks so.
# verdict: pad_batch error|crashed|timeout, masked_loss failed|error, others passed
# %% pad_batch
def pad_batch(sequences):
    return torch.ones(2**33), torch.ones(2**33)


# %% masked_loss
def masked_loss(logits, target, mask):
    return torch.zeros(()).expand(2**20, 2**20)
