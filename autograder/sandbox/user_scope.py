"""Control groups for an ordinary user: a scope that the user's own systemd delegates, where one runs.

The server runs in a group of its own in the scope, since a group with processes can bound none of its children; see
systemd.resource-control(5), Delegate=, and the kernel's documentation of cgroup v2.
"""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from autograder.sandbox.proc_files import mounts, own_groups

CONTROLLERS = ("memory", "pids")
SECONDS = 10.0  # for systemd to make a scope, on a busy machine
_SERVER = "server"


def prefix() -> list[str]:
    """What stands before a command that is to run in such a scope; it keeps its process and descriptors."""
    where = f"XDG_RUNTIME_DIR={_runtime_folder()}"
    return ["env", where, "systemd-run", "--user", "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--"]


def settle(pid: int) -> Path:
    """Get the scope of a process ready for groups of submissions; the folder where they are made.

    Raises:
        OSError: it is in none, or may not.
    """
    folder = folder_of(pid)
    (folder / _SERVER).mkdir(exist_ok=True)
    deadline = time.monotonic() + SECONDS
    while processes := (folder / "cgroup.procs").read_text().split():
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                (folder / _SERVER / "cgroup.procs").write_text(process)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{folder}: its processes could not be moved")
    (folder / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in CONTROLLERS))
    return folder


def folder_of(pid: int) -> Path:
    """The folder of a process's scope.

    Raises:
        OSError: it is in none.
    """
    scope = _scope(Path("/proc", str(pid)))
    for root, mounted, kind, _ in mounts(Path("/proc/self")):
        if kind == "cgroup2" and scope.suffix == ".scope" and scope != _scope(Path("/proc/self")):
            return mounted / os.path.relpath(scope, root)
    raise FileNotFoundError(f"process {pid} is in no scope of its own")


def _scope(proc: Path) -> Path:
    group = next((Path(line[2]) for line in own_groups(proc) if line[0] == "0"), Path("/"))
    return group.parent if group.name == _SERVER else group


def works() -> bool:
    """Whether such a scope can be had, by trial."""
    if os.geteuid() == 0 or not shutil.which("systemd-run") or not (_runtime_folder() / "systemd/private").exists():
        return False
    command, nothing = [*prefix(), "cat"], subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing) as process:
        try:
            return _bounds(process)
        except OSError:
            return False
        finally:
            process.kill()


def _bounds(process: "subprocess.Popen[bytes]") -> bool:
    """Whether a group in the process's scope can bound memory and processes, and take it in."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            folder = settle(process.pid) / "trial"
            folder.mkdir()
            (folder / "memory.max").write_text("max")
            (folder / "pids.max").write_text("max")
            (folder / "cgroup.procs").write_text(str(process.pid))
            return True
        time.sleep(0.005)
    return False


def _runtime_folder() -> Path:
    return Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}")
