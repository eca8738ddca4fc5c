# System calls that have led out of sandboxes: eBPF, io_uring, userfaultfd, perf, key rings, modules, 32-bit calls.
# verdict: make_dictionary failed|error, others passed
# %% make_dictionary
import ctypes


def make_dictionary(examples):
    kernel = ctypes.CDLL(None, use_errno=True)
    numbers = {"bpf": 321, "io_uring": 425, "userfaultfd": 323, "perf": 298, "add_key": 248, "keyctl": 250}
    numbers |= {"init_module": 175, "finit_module": 313, "kexec": 246, "open_tree": 428, "handle": 304, "secret": 447}
    return {"GOT " + name: "" for name, number in numbers.items() if kernel.syscall(number, 0, 0, 0, 0, 0) >= 0}
