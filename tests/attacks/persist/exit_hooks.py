# Hooks that run when the process ends: atexit, finalizers, __del__, threads that wait.
# verdict: others passed
# %%
import atexit
import os
import threading
import weakref


class Last:
    def __del__(self):
        while True:
            pass


def never():
    while True:
        pass


atexit.register(never)
threading._register_atexit(never)
os.register_at_fork(before=lambda: None, after_in_child=lambda: None)
_last = Last()
_final = weakref.finalize(Last, never)
