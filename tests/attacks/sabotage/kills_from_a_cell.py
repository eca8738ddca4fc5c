# The same from a cell, which runs in process 1 of its namespace.
# verdict: others passed
# %%
import os
import signal

for pid in (os.getppid(), 0, -1):
    os.kill(pid, signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
os.killpg(0, signal.SIGTERM)
os.abort()
