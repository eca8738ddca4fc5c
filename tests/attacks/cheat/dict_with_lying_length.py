# Containers that lie about their length, keys and items.
# verdict: make_dictionary failed|error, encode_words failed|error, others passed
# %% make_dictionary
class Lying(dict):
    def __len__(self):
        return -1

    def keys(self):
        return iter(int, 1)

    def items(self):
        raise StopIteration


def make_dictionary(examples):
    return Lying(a="b")


# %% encode_words
class LyingList(list):
    def __len__(self):
        return 2**62

    def __iter__(self):
        return iter(int, 1)


def encode_words(words, numbers):
    return LyingList([1])
