# Recursion without end, with the limit raised.
# verdict: make_dictionary crashed|error|timeout, others passed
# %% make_dictionary
import sys


def make_dictionary(examples):
    sys.setrecursionlimit(2**30)
    return make_dictionary(examples)
