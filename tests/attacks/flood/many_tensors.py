# Replies of a hundred thousand small tensors, whose text would take minutes to write.
# verdict: make_dictionary failed|error|crashed, encode_words failed|error|crashed, training_step failed|error|crashed, others passed
# %%
import torch

_MANY = {number: torch.zeros(1) for number in range(60_000)}


# %% make_dictionary
def make_dictionary(examples):
    return _MANY


# %% encode_words
def encode_words(words, numbers):
    return [_MANY] * 1


# %% training_step
def training_step(model, loss, optimizer, batch):
    return {"loss": list(_MANY.values())}
