# The name of the token in quotes.
# stage: unknown
# cause: token-as-text
def encode_words(words, numbers):
    return [numbers.get(word, "UNKNOWN") for word in words] + [END]
