# Generators without end, in place of lists.
# verdict: build_vocabulary failed|error|timeout|crashed, encode_words failed|error|timeout
# verdict: make_dictionary failed|error|timeout, others passed
# %% make_dictionary
def make_dictionary(examples):
    return iter(dict, 1)


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    def nest():
        while True:
            yield nest()

    return nest()


# %% encode_words
def encode_words(words, numbers):
    import itertools

    return itertools.count()
