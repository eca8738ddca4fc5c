# Replies that are larger than what is read: bytes, text, lists, a tensor spread out from one number.
# verdict: make_dictionary failed|error|crashed, build_vocabulary failed|error|crashed
# verdict: encode_words failed|error|crashed, pad_batch failed|error|crashed, others passed
# %% make_dictionary
def make_dictionary(examples):
    return {"love": "x" * 2**26}


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    return ["x"] * 10**7


# %% encode_words
def encode_words(words, numbers):
    return torch.zeros(1).expand(2**40)


# %% pad_batch
def pad_batch(sequences):
    return torch.empty(0).as_strided((2**20, 0, 2**20), (2**40, 1, 1)), bytes(2**26)
