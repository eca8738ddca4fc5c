# A generator.
def encode_words(words, numbers):
    for word in words:
        yield numbers.get(word, UNKNOWN)
    yield END
