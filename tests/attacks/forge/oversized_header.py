# Announces a reply of two gigabytes.
# verdict: make_dictionary crashed, others passed
# %% make_dictionary
import os
import struct


def make_dictionary(examples):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("!I", 2**31))
        except OSError:
            pass
