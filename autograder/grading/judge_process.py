"""A process that judges the notebooks of one lesson for another one: it runs one thread, and has a warm sandbox.

A worker of a cluster has threads and may be shared, so what judges is a process of its own. Both ends send bytes;
this one ends with the other.
"""

import contextlib
import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.executor import LostError
from autograder.judging.messages import Assignment, pack, unpack

if TYPE_CHECKING:
    from autograder.judging.judge import NotebookJudge

STARTING_SECONDS = 180.0  # importing torch on a busy machine, and a sandbox
READING_SECONDS = 120.0  # of the largest file, on a busy machine


class JudgeProcess:
    """Starts one; it gets ready by itself.

    Args:
        assignment: what it judges, packed.
    """

    def __init__(self, assignment: bytes):
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "autograder.grading.judge_process", str(theirs.fileno())]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment
            )
        self._connection = Connection(ours.detach())
        self._ready = False
        limits = Assignment.unpacked(assignment).limits
        self._seconds = 2 * limits.submission_wall + READING_SECONDS
        with contextlib.suppress(OSError):  # it has ended already, which `judge` tells
            self._connection.send_bytes(assignment)

    def judge(self, todo: bytes) -> bytes:
        """What `_answer` makes of a packed `ToJudge`.

        Raises:
            LostError: it has ended, or does not answer in time; it is ended then.
        """
        try:
            if not self._ready:
                first = self._receive(STARTING_SECONDS)
                if "ready" not in unpack(first):
                    self.close()
                    return first
                self._ready = True
            self._connection.send_bytes(todo)
            return self._receive(self._seconds)
        except (EOFError, OSError) as error:
            self.close()
            raise LostError("it ended the process that judges") from error

    @property
    def open(self) -> bool:
        """Whether it can be asked."""
        return not self._connection.closed and self._process.poll() is None

    def _receive(self, seconds: float) -> bytes:
        if not self._connection.poll(seconds):
            self.close()
            raise LostError(f"the process that judges was silent for {seconds:g} s")
        return self._connection.recv_bytes()

    def close(self) -> None:
        """End it."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def main() -> None:
    """Open the lesson, say so or why not, then answer until the other end is gone."""
    from autograder.grading.executor import end_with_parent

    end_with_parent()
    connection = Connection(int(sys.argv[1]))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _serve(connection, Assignment.unpacked(connection.recv_bytes()))


def _serve(connection: Connection, assignment: Assignment) -> None:
    from autograder.course.lessons import find_lesson
    from autograder.errors import CourseError
    from autograder.sandbox.forkserver import WarmServer

    try:
        hidden = [Path(assignment.hidden)]
        server = WarmServer(
            find_lesson(assignment.lesson), assignment.limits, hidden
        )  # loads torch while this one does
        from autograder.judging.judge import NotebookJudge

        with NotebookJudge(assignment, server) as judge:
            connection.send_bytes(pack({"ready": True}))
            while True:
                connection.send_bytes(_answer(judge, connection.recv_bytes()))
    except CourseError as error:
        connection.send_bytes(pack({"unfit": str(error)}))


def _answer(judge: "NotebookJudge", todo: bytes) -> bytes:
    """{"judged": a packed `Judged`}, or {"unreadable": reason}, or {"failed": reason}."""
    from autograder.errors import GradingError
    from autograder.judging.judged import ToJudge
    from autograder.notebooks.reading import UnreadableError
    from lessons.toolkit.text import to_data

    try:
        return pack({"judged": judge.judge(ToJudge.unpacked(todo)).packed()})
    except UnreadableError as error:
        return pack({"unreadable": to_data(error.told)})
    except GradingError as error:
        return pack({"failed": str(error)})
    except Exception as error:  # whatever is wrong with one notebook, the others go on
        return pack({"failed": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
