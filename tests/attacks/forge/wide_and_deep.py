# A list that is twenty wide and many levels deep, so that showing it would take for ever.
# verdict: encode_words failed|error, others passed
# %% encode_words
def encode_words(words, numbers):
    value = 1
    for _ in range(4):
        value = [value] * 20
    return [value] * 6
