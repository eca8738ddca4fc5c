# Looks words up in small letters.
# stage: known
# cause: lower-case
def encode_words(words, numbers):
    return [numbers.get(word.lower(), UNKNOWN) for word in words] + [END]
