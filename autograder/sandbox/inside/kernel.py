"""Calls to the Linux kernel that shut a forked process in: namespaces, mounts, privileges, resource limits.

The flags are those of unshare(2), mount(2), capabilities(7), prctl(2) and madvise(2). Everything here runs inside
bubblewrap, before any line of a submission's.
"""

import ctypes
import os
import resource
from pathlib import Path

from autograder.sandbox.inside.limits import Limits
from autograder.sandbox.inside.seccomp import refuse_dangerous_calls

NEW_USER, NEW_PID, NEW_NET, NEW_MOUNTS, NEW_IPC, NEW_UTS = (
    *(0x10000000, 0x20000000, 0x40000000),
    *(0x00020000, 0x08000000, 0x04000000),
)
NO_SUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE, READ_ONLY = 2, 4, 32, 4096, 16384, 1 << 18, 1
SET_DUMPABLE, DROP_BOUND, NO_NEW_PRIVILEGES, AMBIENT, DEATH_SIGNAL, NO_HUGE_PAGES = 4, 24, 38, 47, 1, 41
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63
COLLAPSE, HUGE_PAGE = 25, 2**21
OUTSIDER = 1_879_048_192  # a uid that no system gives to anybody; each submission has one of the thousands after it
LEARNER = 1000  # its uid as its own user namespace shows it

libc = ctypes.CDLL(None, use_errno=True)


def _done(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2).

    Raises:
        OSError: the kernel refuses.
    """
    words = [word.encode() for word in (source, target, kind)]
    _done(libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def separate() -> None:
    """New namespaces for this process and what it forks: all but the user namespace where this is root."""
    user = 0 if os.geteuid() == 0 else NEW_USER
    group = os.getegid()
    owner = os.geteuid()
    flags = user | NEW_PID | NEW_MOUNTS | NEW_IPC | NEW_UTS | NEW_NET
    _done(libc.unshare(flags), "unshare")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"{LEARNER} {group} 1")
        Path("/proc/self/uid_map").write_text(f"{LEARNER} {owner} 1")


def private_files(limits: Limits) -> None:
    """One small tmpfs for /tmp, home and /dev/shm; an empty folder over /proc, which shows other submissions.

    /dev/zero gives zeros as /dev/full does, which cannot be mapped: that would be shared memory that no limit sees.
    """
    mount("none", "/", "", RECURSIVE | PRIVATE)
    safe = NO_SUID | NO_DEVICES
    mount("tmpfs", "/tmp", "tmpfs", safe, f"size={limits.files},nr_inodes=8192,mode=1777")
    for name in ("home", "shm"):
        Path("/tmp", name).mkdir()
        os.chmod(f"/tmp/{name}", 0o777)
    mount("/tmp/shm", "/dev/shm", "", BIND)
    mount("/dev/full", "/dev/zero", "", BIND)
    mount("tmpfs", "/proc", "tmpfs", safe | READ_ONLY, "size=4096,nr_inodes=2,mode=555")


def give_up_privileges(number: int, supervised: bool = False) -> None:
    """Another uid where this is root, no capability, none to be had by running a program, no dangerous system call."""
    _done(libc.prctl(AMBIENT, 4, 0, 0, 0), "clear ambient capabilities")
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(DROP_BOUND, capability, 0, 0, 0)  # those that the kernel does not know cannot be had either
    if os.geteuid() == 0:
        outsider = OUTSIDER + number % 65536
        os.setgroups([])
        os.setresgid(outsider, outsider, outsider)
        os.setresuid(outsider, outsider, outsider)
    _drop_capabilities()
    _done(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no new privileges")
    if supervised:
        _done(libc.prctl(NO_HUGE_PAGES, 1, 0, 0, 0), "no huge pages")  # of which a single fault makes 512 pages
    refuse_dangerous_calls(supervised)


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _done(libc.capset(ctypes.byref(header), ctypes.byref(nothing)), "drop capabilities")


def limit_resources(limits: Limits) -> None:
    """What the kernel can bound for each process by itself; see `Limits` for what bounds the sum."""
    seconds = int(limits.submission_seconds) + 1
    for which, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        # below what the sum may be: one process meets a MemoryError, and what it keeps leaves its exercises room
        (resource.RLIMIT_DATA, limits.memory * 15 // 16 + _data_size()),
        (resource.RLIMIT_FSIZE, limits.files),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_SIGPENDING, limits.processes),
    ):
        _, hard = resource.getrlimit(which)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def _data_size() -> int:
    """Bytes of private memory that this process had before the submission's first line."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("VmData"))


def use_huge_pages() -> None:
    """Move this process's own memory to huge pages where the kernel can (Linux 6.1): a fork then copies 512 times fewer
    entries of its page tables, which is most of what a fork of a process with torch costs.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, access, _, _, inode, *name = line.split()
        if "w" in access and inode == "0" and name in ([], ["[heap]"]):
            start, end = (int(address, 16) for address in addresses.split("-"))
            first, last = -(-start // HUGE_PAGE) * HUGE_PAGE, end // HUGE_PAGE * HUGE_PAGE
            if first < last:  # what cannot be moved stays as it is
                libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), COLLAPSE)
