# Shared memory under names that others can open: POSIX, System V, memfd, message queues, semaphores.
# verdict: others passed
# %%
import ctypes
import mmap
import os

kernel = ctypes.CDLL(None)
kernel.shm_open(b"/attack-left-this", 0o102, 0o666)
kernel.sem_open(b"/attack-left-this", 0o100, 0o666, 1)
kernel.shmget(0x5EED1234, 4096, 0o1666)
kernel.msgget(0x5EED1234, 0o1666)
kernel.semget(0x5EED1234, 1, 0o1666)
kernel.mq_open(b"/attack-left-this", 0o102, 0o666, None)
mmap.mmap(-1, 2**20).write(b"attack-left-this")
try:
    os.memfd_create("attack-left-this")
except OSError:
    pass
