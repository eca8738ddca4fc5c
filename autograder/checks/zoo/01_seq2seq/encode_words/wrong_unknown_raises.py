# Unknown words raise KeyError.
# stage: unknown
# cause: raised
def encode_words(words, numbers):
    return [numbers[word] for word in words] + [END]
