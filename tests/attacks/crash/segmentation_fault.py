# Reads address 0.
# verdict: make_dictionary crashed, others passed
# %% make_dictionary
import ctypes


def make_dictionary(examples):
    return ctypes.string_at(0)
