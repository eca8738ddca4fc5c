"""Counts and bounds what a submission uses: control groups where this process may make them, else /proc.

The files are those of the kernel's documentation of cgroup v1 and v2.
"""

import contextlib
import itertools
import os
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from autograder.sandbox import user_scope
from autograder.sandbox.inside.limits import Limits
from autograder.sandbox.proc_files import mounts, own_groups
from autograder.sandbox.supervision import Supervision

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
        name: "cgroup v1", "cgroup v2", "cgroup v2 of the user's systemd" or "supervision".
        folders: where groups are made, by controller; none for supervision.
        by_systemd: whether they are made where the server runs, which the user's systemd has given it.
    """

    name: str
    folders: tuple[Path, ...] = ()
    by_systemd: bool = False

    @property
    def has_groups(self) -> bool:
        """Whether the kernel bounds the sum."""
        return bool(self.folders) or self.by_systemd

    @property
    def prefix(self) -> list[str]:
        """What stands before the command of a server that forks submissions."""
        return user_scope.prefix() if self.by_systemd else []

    def settle(self, server: int) -> None:
        """Get ready what is needed beside a server that was started with `prefix`.

        Raises:
            OSError: the kernel refuses.
        """
        if self.by_systemd:
            user_scope.settle(server)

    def group(self, limits: Limits, server: int = 0) -> Group:
        """A group for one submission.

        Args:
            limits: what it bounds.
            server: the process that was started with `prefix`.
        """
        folders = (user_scope.folder_of(server),) if self.by_systemd else self.folders
        if not folders:
            return Supervision(limits)
        name = f"autograder-{os.getpid()}-{next(_numbers)}"
        kind = GroupV1 if self.name == "cgroup v1" else GroupV2
        return kind([folder / name for folder in folders], limits)


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
        return int(_read(f"{self._folders[2]}/cpuacct.usage")) / 1e9

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


def _read(path: str) -> str:
    """A short file of the kernel's, in a fifth of the time that `Path.read_text` takes: it is asked at every step."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 2**16).decode()
    finally:
        os.close(descriptor)


def _field(path: Path, name: str) -> int:
    """The number behind a name in a file of lines such as `oom_kill 0`."""
    for line in _read(str(path)).splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


@cache
def mechanism() -> Mechanism:
    """The best that works here, by trial. Groups of graders that were killed are cleared away first."""
    for folder in (*folders_v2(), *folders_v1()):
        _clear(folder)
    if user_scope.works():
        return Mechanism("cgroup v2 of the user's systemd", by_systemd=True)
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
    """Whether a process can be taken into a group that is made there."""
    try:
        group = found.group(Limits())
    except OSError:
        return False
    try:
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
            group.add(process.pid)
        group.cpu(), group.too_much_memory()
        return True
    except OSError:
        return False
    finally:
        group.close()


def folders_v1(proc: Path = Path("/proc/self")) -> list[Path]:
    """This process's own group in each hierarchy of version 1 that is needed; none if one lacks."""
    own = {name: Path(line[2]) for line in own_groups(proc) for name in line[1].split(",")}
    found = []
    for controller in _V1:
        for root, mounted, kind, options in mounts(proc):
            if kind == "cgroup" and controller in options and controller in own:
                found.append(mounted / os.path.relpath(own[controller], root))
                break
    return found if len(found) == len(_V1) else []


def folders_v2(proc: Path = Path("/proc/self")) -> list[Path]:
    """The nearest group of version 2, this process's own or one around it, whose children may have both controllers."""
    own = [Path(line[2]) for line in own_groups(proc) if line[0] == "0"]
    for root, mounted, kind, _ in mounts(proc):
        for group in [*own, *(outer for one in own for outer in one.parents), Path(root)] if kind == "cgroup2" else []:
            folder = mounted / os.path.relpath(group, root)
            with contextlib.suppress(OSError):
                if ".." not in folder.parts and _has_controllers(folder):
                    return [folder]
    return []


def _has_controllers(folder: Path) -> bool:
    return set(_V2) <= set((folder / "cgroup.subtree_control").read_text().split())
