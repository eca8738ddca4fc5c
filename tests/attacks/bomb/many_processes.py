# Many processes, each below its own bound and all together far above it.
# verdict: make_dictionary error|crashed|timeout|failed, others passed
# %% make_dictionary
import os
import time


def make_dictionary(examples):
    for _ in range(12):
        if os.fork() == 0:
            kept = b"x" * 2**26
            time.sleep(10**6)
    time.sleep(10**6)
