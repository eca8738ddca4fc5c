# A reply of one byte at a time, so that each read is short and the whole never ends.
# verdict: make_dictionary timeout, others passed
# %% make_dictionary
import os
import struct
import time


def make_dictionary(examples):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("!I", 2**20))
            while True:
                os.write(descriptor, b"x")
                time.sleep(0.05)
        except OSError:
            pass
