# Infinities and numbers too large for a float.
# verdict: masked_loss failed|error, encode_words failed|error, training_step failed|error, others passed
# %% masked_loss
def masked_loss(logits, target, mask):
    return torch.tensor(float("inf"))


# %% encode_words
def encode_words(words, numbers):
    return [10**4000 for _ in [*words, 0]]


# %% training_step
def training_step(model, loss_function, optimizer, batch):
    return 10**400
