# d2l: the vocabulary is asked word by word, and has an answer for those it does not know.
def encode_words(words, numbers):
    def lookup(tokens):
        if not isinstance(tokens, list | tuple):
            return numbers.get(tokens, UNKNOWN)
        return [lookup(token) for token in tokens]

    return lookup(words) + [END]
