# START in front.
# stage: known
# cause: start-added
def encode_words(words, numbers):
    return [START] + [numbers.get(word, UNKNOWN) for word in words] + [END]
