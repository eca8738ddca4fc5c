# bentrevett: everything in lower case first.
def encode_words(words, numbers):
    return [numbers.get(word.lower(), UNKNOWN) for word in words] + [END]
