"""Counts what a submission uses where there are no control groups: adds up /proc over a process and its descendants."""

import contextlib
import os
import re
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from autograder.sandbox.inside.limits import Limits


class Supervision:
    """All processes of a submission, as `cgroups.Group` describes them.

    A bound is found to be broken up to one reading late; the limits that `kernel.limit_resources` sets for each process
    hold at once. Memory is what is in no file: pages, in swap too, tables of pages, and as much for each socket as may
    wait in it. The system call filter (`inside.seccomp`) leaves no other, and nobody's end unheard: the time of a
    process that has ended stands with the one that waited for it.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self._first = 0
        self._at_start = 0
        self._seen = 0.0
        self._exceeded = False
        self._counted: tuple[int, int] | None = None  # own pages when they were counted last, and faults until then

    def add(self, pid: int) -> None:
        """Take in a process; what memory it has, it shares with the server that forked it."""
        self._first = pid
        self._at_start = sum(process.pages + process.tables for process in self._family())

    def cpu(self) -> float:
        """Seconds of CPU so far; also looks at the memory, since it reads both."""
        family = self._family()
        self._seen = max(self._seen, sum(process.seconds for process in family))
        self._exceeded = self._exceeded or self._has_too_much(family)
        return self._seen

    def too_much_memory(self) -> bool:
        """Whether a reading found more than the limit."""
        return self._exceeded

    def close(self) -> None:
        """Nothing to remove."""

    def _has_too_much(self, family: Sequence["Process"]) -> bool:
        """Whether all of them have more than the limit.

        Pages that forks share count once for each of them at first. Only where that is too much, it is counted which
        are whose: a tenth of a second for each process, in which all stand still. Until as many pages have been faulted
        in as were left, the next count can find no more than the limit.
        """
        most = self._limits.memory + self._at_start - _in_sockets(self._first)
        most -= sum(process.tables for process in family)
        if most > 0 and sum(process.pages for process in family) <= most:
            self._counted = None
            return False
        if most > 0 and self._counted is not None:
            own, faults = self._counted
            if own + sum(process.faults for process in family) - faults <= most:
                return False
        with self._stopped() as still:
            own = sum(map(_own_pages, still)) if most > 0 else 0
            self._counted = own, sum(process.faults for process in still)
        return own > most

    @contextmanager
    def _stopped(self) -> Iterator[list["Process"]]:
        """All processes, which stand still as long."""
        stopped: set[int] = set()
        while running := [process for process in self._family() if process.pid not in stopped]:
            for process in running:
                _signal(process.pid, signal.SIGSTOP)
                stopped.add(process.pid)
        try:
            yield self._family()
        finally:
            for pid in stopped:
                _signal(pid, signal.SIGCONT)

    def _family(self) -> list["Process"]:
        """The process and all its descendants: those whose parent ends become children of process 1, which it is."""
        found, waiting = [], [self._first]
        while waiting:
            pid = waiting.pop()
            if process := process_of(pid):
                found.append(process)
                waiting += children_of(pid)
        return found


class Process(NamedTuple):
    """What /proc says of a process.

    Attributes:
        pid: its number.
        memory: a thread of it that has its memory, for the first one may have ended.
        seconds: of CPU, its own and those of its children that it has waited for.
        pages: bytes of it that are in no file, in memory or in swap.
        tables: bytes of its tables of pages.
        faults: bytes of pages that it, and children that it has waited for, had not before they touched them.
    """

    pid: int
    memory: int
    seconds: float
    pages: int
    tables: int
    faults: int


_PAGES = re.compile(rb"^(?:RssAnon|RssShmem|VmSwap|HugetlbPages):\s+(\d+) kB$", re.MULTILINE)  # proc_pid_status(5)
_TABLES = re.compile(rb"^VmPTE:\s+(\d+) kB$", re.MULTILINE)
_OWN = re.compile(rb"^(?:Pss_Anon|Pss_Shmem|SwapPss|Private_Hugetlb):\s+(\d+) kB$", re.MULTILINE)  # proc_pid_smaps(5)
_USED_SOCKETS = re.compile(rb"^sockets: used (\d+)$", re.MULTILINE)


def process_of(pid: int) -> Process | None:
    """A process, or None where there is none of that number."""
    try:
        fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    faults = os.sysconf("SC_PAGE_SIZE") * sum(map(int, fields[7:11]))
    ticks = sum(map(int, fields[11:15]))  # its own and those of its dead children, in user and kernel mode
    seconds = ticks / os.sysconf("SC_CLK_TCK")
    for thread in (pid, *_threads(pid)) if fields[0] == "Z" else (pid,):
        status = _read(thread, "status")
        if pages := 1024 * _sum(_PAGES, status):
            return Process(pid, thread, seconds, pages, 1024 * _sum(_TABLES, status), faults)
    return Process(pid, pid, seconds, 0, 0, faults)


def children_of(pid: int) -> list[int]:
    """The children of all its threads; a thread that ends meanwhile hides none of the others'."""
    found: list[str] = []
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            found += Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
    return [int(child) for child in found]


def _own_pages(process: Process) -> int:
    """Bytes of its pages, of which one that it shares counts in part; all of it where the kernel does not tell."""
    return 1024 * _sum(_OWN, _read(process.memory, "smaps_rollup")) or process.pages


def _in_sockets(pid: int) -> int:
    """Bytes that can wait in all sockets made in the process's network, those too that were closed and not yet read."""
    return _in_one_socket() * _sum(_USED_SOCKETS, _read(pid, "net/sockstat"))


@cache
def _in_one_socket() -> int:
    with socket.socket(socket.AF_UNIX) as one:
        return 2 * one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)  # one message may be over the limit


def _sum(pattern: re.Pattern[bytes], text: bytes) -> int:
    """The sum of all numbers that match."""
    return sum(map(int, pattern.findall(text)))


def _read(pid: int, name: str) -> bytes:
    """A file of a process; empty where there is none any more."""
    with contextlib.suppress(OSError):
        return Path("/proc", str(pid), name).read_bytes()
    return b""


def _threads(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(thread) for thread in os.listdir(f"/proc/{pid}/task")]
    return []


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)
