# Waits for input, for a lock that nobody frees, for a pipe that nobody writes.
# verdict: make_dictionary timeout|error, build_vocabulary error, others passed
# %% make_dictionary
import threading


def make_dictionary(examples):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    return input("answer? ")
