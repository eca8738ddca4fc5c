"""What /proc says of control groups and mounts; see proc_pid_mountinfo(5) and the kernel's documentation of cgroups."""

import contextlib
from pathlib import Path


def own_groups(proc: Path) -> list[list[str]]:
    """A process's groups: number of the hierarchy ("0" for version 2), controllers, path."""
    with contextlib.suppress(OSError):
        return [line.split(":", 2) for line in (proc / "cgroup").read_text().splitlines()]
    return []


def mounts(proc: Path) -> list[tuple[str, Path, str, list[str]]]:
    """Root, mount point, kind and options of every mount."""
    found = []
    with contextlib.suppress(OSError):
        for line in (proc / "mountinfo").read_text().splitlines():
            left, _, right = line.partition(" - ")
            kind, _, options = right.split(" ", 2)
            found.append((left.split()[3], Path(left.split()[4]), kind, options.split(",")))
    return found
