# Unknown words become PAD.
# stage: unknown
# cause: unknown-as-pad
def encode_words(words, numbers):
    return [numbers.get(word, PAD) for word in words] + [END]
