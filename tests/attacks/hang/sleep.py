# Sleeps.
# verdict: make_dictionary timeout, others passed
# %% make_dictionary
import time


def make_dictionary(examples):
    time.sleep(10**6)
