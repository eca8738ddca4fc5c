"""One run at a time in an output folder.

The lock is flock(2) on a file in the folder. It belongs to the process that asked for the run and to all that it
starts, and is free when the last of them has ended, however it ended. On a network file system it holds between
machines where that keeps locks (NFS does unless it is mounted with `nolock` or `local_lock`). SQLite needs such locks
there, too.
"""

import fcntl
import json
import os
import socket
import time
from datetime import UTC, datetime
from multiprocessing import reduction
from pathlib import Path
from typing import Any, BinaryIO

from autograder.errors import GradingError

FILE = "grading.lock"
WAITING_SECONDS = 2.0  # workers of a run that was killed may need a moment to end


class FolderLock:
    """Held from when it is made until `close`. A process that is spawned with it among its arguments holds it too.

    Raises:
        GradingError: another run has the folder, or its file system keeps no locks.
    """

    def __init__(self, root: Path):
        self._file = (root / FILE).open("a+b")
        try:
            _acquire(self._file, root)
        except GradingError:
            self._file.close()
            raise
        self._file.truncate(0)
        self._file.write(json.dumps(_this_process()).encode())
        self._file.flush()

    def __reduce__(self) -> tuple[Any, ...]:
        return _held, (reduction.DupFd(self._file.fileno()),)

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it; processes that were started with it still hold it."""
        self._file.close()


def _held(descriptor: Any) -> BinaryIO:
    """In a spawned process: the open file, which holds the lock."""
    return os.fdopen(descriptor.detach(), "rb")


def _acquire(file: BinaryIO, root: Path) -> None:
    deadline = time.monotonic() + WAITING_SECONDS
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise GradingError(_occupied(file, root)) from None
            time.sleep(0.05)
        except OSError as error:
            why = f"its file system keeps no locks ({error.strerror}), and two runs could spoil each other's grades"
            raise GradingError(f"{root}: {why}; give --out a folder on another disk") from error


def _this_process() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}


def _occupied(file: BinaryIO, root: Path) -> str:
    """Who has the folder, and what to do."""
    file.seek(0)
    try:
        told = json.loads(file.read(1000))
        who = f"process {told['pid']} on {told['host']} has been grading into this folder since {told['since']}"
    except (ValueError, KeyError, TypeError):  # it has only just begun
        who = "another process is grading into this folder"
    return f"{root}: {who}; wait for its end, or give --out another folder"
