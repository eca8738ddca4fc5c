# A timer set by a cell goes off while an exercise is judged.
# verdict: others passed
# %%
import os
import signal
import threading

signal.signal(signal.SIGALRM, lambda *data: os._exit(1))
signal.setitimer(signal.ITIMER_REAL, 3600)
threading.Timer(3600, os._exit, [1]).start()
