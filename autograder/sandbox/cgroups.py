"""Counts and bounds what a submission uses: control groups where this process may make them, else /proc.

The files are those of the kernel's documentation of cgroup v1 and v2.
"""

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from autograder.sandbox.inside.limits import Limits

_V1 = ("memory", "pids", "cpuacct")
_V2 = ("memory", "pids")
_numbers = itertools.count(1)


class Group(Protocol):
    """All processes of one submission."""

    def add(self, pid: int) -> None:
        """Take in a process that has not run any of the submission's code; its children follow."""

    def cpu(self) -> float:
        """Seconds of CPU so far."""

    def too_much_memory(self) -> bool:
        """Whether the limit on memory was reached."""

    def close(self) -> None:
        """Forget it; all its processes have ended."""


@dataclass(frozen=True)
class Mechanism:
    """What this machine has to bound the sum over a submission's processes.

    Attributes:
        name: "cgroup v1", "cgroup v2" or "supervision".
        folders: where groups are made, by controller; none for supervision.
    """

    name: str
    folders: tuple[Path, ...] = ()

    def group(self, limits: Limits) -> Group:
        """A group for one submission."""
        if not self.folders:
            return Supervision(limits)
        name = f"autograder-{os.getpid()}-{next(_numbers)}"
        kind = GroupV1 if self.name == "cgroup v1" else GroupV2
        return kind([folder / name for folder in self.folders], limits)


class _FolderGroup:
    """A folder for each hierarchy; making it makes the group."""

    def __init__(self, folders: list[Path], limits: Limits):
        self._folders = folders
        for folder in folders:
            folder.mkdir()
        self._limit(limits)

    def _limit(self, limits: Limits) -> None:
        raise NotImplementedError

    def add(self, pid: int) -> None:
        """Take in a process."""
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def close(self) -> None:
        """Remove the folders; the kernel may need a moment to see that a group is empty."""
        for folder in self._folders:
            for pause in (0, 0.001, 0.01, 0.1, 1):
                time.sleep(pause)
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break


class GroupV1(_FolderGroup):
    """A group in each of the hierarchies for memory, pids and cpuacct."""

    def _limit(self, limits: Limits) -> None:
        memory, pids, _ = self._folders
        (memory / "memory.limit_in_bytes").write_text(str(limits.memory))
        with contextlib.suppress(OSError):  # only where swap is counted
            (memory / "memory.memsw.limit_in_bytes").write_text(str(limits.memory))
        (pids / "pids.max").write_text(str(limits.processes))

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        return int((self._folders[2] / "cpuacct.usage").read_text()) / 1e9

    def too_much_memory(self) -> bool:
        """Whether the kernel has ended a process for memory."""
        return _field(self._folders[0] / "memory.oom_control", "oom_kill") > 0


class GroupV2(_FolderGroup):
    """A group in the one hierarchy."""

    def _limit(self, limits: Limits) -> None:
        (folder,) = self._folders
        (folder / "memory.max").write_text(str(limits.memory))
        with contextlib.suppress(OSError):
            (folder / "memory.swap.max").write_text("0")
        (folder / "pids.max").write_text(str(limits.processes))

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        return _field(self._folders[0] / "cpu.stat", "usage_usec") / 1e6

    def too_much_memory(self) -> bool:
        """Whether the kernel has ended a process for memory."""
        return _field(self._folders[0] / "memory.events", "oom_kill") > 0


def _field(path: Path, name: str) -> int:
    """The number behind a name in a file of lines such as `oom_kill 0`."""
    for line in path.read_text().splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


class Supervision:
    """Without control groups: adds up /proc over the process and all its descendants.

    Memory that a fork shares with the server counts once for all, what it had at the start. A bound is found to be
    broken up to one reading late; the limits that `kernel.limit_resources` sets for each process hold at once.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self._first = 0
        self._at_start = 0
        self._seen = 0.0
        self._exceeded = False

    def add(self, pid: int) -> None:
        """Take in a process."""
        self._first = pid
        self._at_start = sum(process.memory for process in self._family())

    def cpu(self) -> float:
        """Seconds of CPU so far; also looks at the memory, since it reads both."""
        family = self._family()
        self._seen = max(self._seen, sum(process.seconds for process in family))
        memory = sum(max(0, process.memory - self._at_start) for process in family)
        self._exceeded = self._exceeded or memory > self._limits.memory
        return self._seen

    def too_much_memory(self) -> bool:
        """Whether a reading found more than the limit."""
        return self._exceeded

    def close(self) -> None:
        """Nothing to remove."""

    def _family(self) -> list["_Process"]:
        """The process and all its descendants: those whose parent ends become children of process 1, which it is."""
        found, waiting = [], [self._first]
        while waiting:
            pid = waiting.pop()
            if process := _process(pid):
                found.append(process)
                waiting += _children(pid)
        return found


@dataclass(frozen=True)
class _Process:
    """What /proc/<pid>/stat says, see proc_pid_stat(5)."""

    seconds: float
    memory: int


def _process(pid: int) -> _Process | None:
    try:
        fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    ticks = sum(map(int, fields[11:15]))  # its own and those of its dead children, in user and kernel mode
    return _Process(ticks / os.sysconf("SC_CLK_TCK"), int(fields[21]) * os.sysconf("SC_PAGE_SIZE"))


def _children(pid: int) -> list[int]:
    """The children of all its threads; a thread that ends meanwhile hides none of the others'."""
    threads, found = [], []
    with contextlib.suppress(OSError):
        threads = os.listdir(f"/proc/{pid}/task")
    for thread in threads:
        with contextlib.suppress(OSError):
            found += Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
    return [int(child) for child in found]


@cache
def mechanism() -> Mechanism:
    """The best that works here, by trial. Groups of graders that were killed are cleared away first."""
    for folder in (*folders_v2(), *folders_v1()):
        _clear(folder)
    for name, find in (("cgroup v2", folders_v2), ("cgroup v1", folders_v1)):
        found = Mechanism(name, tuple(find()))
        if found.folders and _works(found):
            return found
    return Mechanism("supervision")


def _clear(folder: Path) -> None:
    for left in folder.glob("autograder-*-*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                left.rmdir()


def _works(found: Mechanism) -> bool:
    try:
        group = found.group(Limits())
        group.cpu(), group.too_much_memory()
        group.close()
    except OSError:
        return False
    return True


def folders_v1(proc: Path = Path("/proc/self")) -> list[Path]:
    """This process's own group in each hierarchy of version 1 that is needed; none if one lacks."""
    own = {name: Path(line[2]) for line in _own_groups(proc) for name in line[1].split(",")}
    found = []
    for controller in _V1:
        for root, mounted, kind, options in _mounts(proc):
            if kind == "cgroup" and controller in options and controller in own:
                found.append(mounted / os.path.relpath(own[controller], root))
                break
    return found if len(found) == len(_V1) else []


def folders_v2(proc: Path = Path("/proc/self")) -> list[Path]:
    """The nearest group of version 2, this process's own or the root, whose children may have both controllers."""
    own = [Path(line[2]) for line in _own_groups(proc) if line[0] == "0"]
    for root, mounted, kind, _ in _mounts(proc):
        for group in [*own, Path(root)] if kind == "cgroup2" else []:
            folder = mounted / os.path.relpath(group, root)
            with contextlib.suppress(OSError):
                if set(_V2) <= set((folder / "cgroup.subtree_control").read_text().split()):
                    return [folder]
    return []


def _own_groups(proc: Path) -> list[list[str]]:
    with contextlib.suppress(OSError):
        return [line.split(":", 2) for line in (proc / "cgroup").read_text().splitlines()]
    return []


def _mounts(proc: Path) -> list[tuple[str, Path, str, list[str]]]:
    """Root, mount point, kind and options of every mount, see proc_pid_mountinfo(5)."""
    found = []
    with contextlib.suppress(OSError):
        for line in (proc / "mountinfo").read_text().splitlines():
            left, _, right = line.partition(" - ")
            kind, _, options = right.split(" ", 2)
            found.append((left.split()[3], Path(left.split()[4]), kind, options.split(",")))
    return found
