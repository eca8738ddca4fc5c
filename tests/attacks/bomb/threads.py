# Threads for ever.
# verdict: make_dictionary error|failed|timeout|crashed, others passed
# %% make_dictionary
import threading
import time


def make_dictionary(examples):
    while True:
        threading.Thread(target=time.sleep, args=[10**6], daemon=True).start()
