"""A process of the tests' own that runs answers, one fork for each, and serves them over a wire: no sandbox."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from autograder.subjects.actor import Actor
from autograder.subjects.cells import run_cells
from autograder.subjects.codec import decode, encode
from autograder.subjects.errors import describe
from autograder.subjects.subject import SubjectLost, read_reply
from autograder.subjects.wire import Frames, WireSubject, asker

STARTING_SECONDS = 120  # importing torch on a busy machine


class WorkerProcess:
    """A process that has torch loaded and runs one answer after another, each in a fork of its own.

    This is a separate process, not a sandbox: it keeps an answer's mistakes from the grader, not its malice.

    Args:
        warm_up: cells of the course that are run once, so that forks find their imports loaded.
    """

    def __init__(self, warm_up: Sequence[str] = ()):
        ours, theirs = socket.socketpair()
        command = [sys.executable, __file__, str(theirs.fileno())]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)
        theirs.close()
        self._frames = Frames(ours)
        self._frames.send(encode(list(warm_up)))
        self._frames.receive(STARTING_SECONDS)

    def subject(self, cells: list[str], name: str, seconds: float = 10.0) -> WireSubject:
        """Run cells in a fresh fork and serve what they define as `name`.

        Raises:
            AnswerError: a cell raised, or `name` is not defined.
        """
        self._frames.send(encode({"cells": cells, "name": name}))
        read_reply(self._frames.receive(seconds))
        return WireSubject(self._frames, seconds)

    def release(self) -> None:
        """End the fork that serves the present answer."""
        with contextlib.suppress(OSError):
            self._frames.send(b"")

    def close(self) -> None:
        """End the process."""
        self._frames.connection.close()
        self._process.wait(timeout=10)


def _serve(frames: Frames) -> None:
    """One fork for each answer, until the grader closes the connection."""
    run_cells(decode(frames.receive()), {"__name__": "warm_up"})
    frames.send(b"ready")
    while True:
        try:
            order = frames.receive()
        except SubjectLost:
            return
        if not order:
            continue  # the fork had already ended when it was released
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                _serve_answer(frames, **decode(order))
            os._exit(0)
        os.waitpid(child, 0)


def _serve_answer(frames: Frames, cells: list[str], name: str) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        run_cells(cells, namespace)
        answer = namespace[name]
    except BaseException as error:
        frames.send(encode({"error": describe(error)}))
        return
    frames.send(encode({"value": None}))
    actor = Actor(answer, asker(frames))
    while request := frames.receive():
        frames.send(actor.reply(request))


def main() -> None:
    """Serve on the socket whose descriptor is given."""
    import torch

    torch.set_num_threads(1)
    _serve(Frames(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
