# A thread that replies after the answer has returned, and one that ends the process then.
# verdict: make_dictionary failed|error|crashed, others passed
# %% make_dictionary
import os
import threading
import time


def make_dictionary(examples):
    def later():
        time.sleep(0.2)
        os.write(3, b"\x00\x00\x00\x01\xc0")
        os._exit(0)

    threading.Thread(target=later, daemon=True).start()
    time.sleep(0.4)
    return {}
