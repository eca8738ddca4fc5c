# Values nested a hundred thousand deep, and values that contain themselves.
# verdict: make_dictionary error, encode_words error, others passed
# %% make_dictionary
def make_dictionary(examples):
    value = {}
    value["love"] = value
    return value


# %% encode_words
def encode_words(words, numbers):
    value = []
    for _ in range(10**5):
        value = [value]
    return value
