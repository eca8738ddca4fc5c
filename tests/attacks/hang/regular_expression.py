# A regular expression that backtracks for ever, and a power tower of integers.
# verdict: make_dictionary timeout, encode_words timeout|crashed|error, others passed
# %% make_dictionary
import re


def make_dictionary(examples):
    return re.match(r"(a+)+$", "a" * 60 + "!")


# %% encode_words
def encode_words(words, numbers):
    return 9**9**9
