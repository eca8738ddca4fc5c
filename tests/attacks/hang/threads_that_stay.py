# Threads that are no daemons, which Python waits for at its end.
# verdict: make_dictionary failed|error, others passed
# %% make_dictionary
import threading
import time


def make_dictionary(examples):
    for _ in range(5):
        threading.Thread(target=time.sleep, args=[10**6]).start()
    return {}
