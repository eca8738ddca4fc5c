# Forks within the answer, so that two processes reply to one question.
# verdict: make_dictionary failed|error|crashed|timeout, others passed
# %% make_dictionary
import os


def make_dictionary(examples):
    os.fork()
    os.fork()
    return {}
