# npfl138: a dict that makes up the number of a word it does not have.
def encode_words(words, numbers):
    class Mapping(dict):
        def __missing__(self, word):
            return UNKNOWN

    return [*map(Mapping(numbers).__getitem__, words), END]
