# Forks for ever.
# verdict: make_dictionary error|failed|timeout|crashed, others passed
# %% make_dictionary
import os


def make_dictionary(examples):
    while True:
        os.fork()
