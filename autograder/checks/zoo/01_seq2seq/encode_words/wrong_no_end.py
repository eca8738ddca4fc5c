# END is missing.
# stage: known
# cause: no-end
def encode_words(words, numbers):
    return [numbers.get(word, UNKNOWN) for word in words]
