# Loops for ever in C, where Python hears no signal.
# verdict: make_dictionary timeout, others passed
# %% make_dictionary
import itertools


def make_dictionary(examples):
    return sum(itertools.repeat(0))
