# Bytes that are no message, in frames of the right form.
# verdict: make_dictionary failed|error|crashed, others passed
# %% make_dictionary
import os
import struct


def make_dictionary(examples):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("!I", 7) + b"\xc1\xff\x00abcd")
        except OSError:
            pass
