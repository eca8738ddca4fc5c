"""An answer in another process: frames on a socket, a warm process, one fork for each answer."""

import contextlib
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from autograder.subjects.actor import Actor
from autograder.subjects.cells import run_cells
from autograder.subjects.codec import SIZE_LIMIT, decode, encode
from autograder.subjects.errors import describe
from autograder.subjects.subject import Crashed, Subject, SubjectLost, TimedOut, read_answer, read_reply

_HEADER = struct.Struct("!I")
QUESTION_LIMIT = 10_000
STARTING_SECONDS = 120  # importing torch on a busy machine


class Frames:
    """Length-prefixed messages on a stream socket, each read within a deadline."""

    def __init__(self, connection: socket.socket):
        self.connection = connection

    def send(self, data: bytes) -> None:
        """Send one message."""
        self.connection.sendall(_HEADER.pack(len(data)) + data)

    def receive(self, seconds: float | None = None) -> bytes:
        """The next message.

        Raises:
            SubjectLost: it is too large, does not come in time, or the other side is gone.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        (size,) = _HEADER.unpack(self.read(_HEADER.size, deadline))
        if size > SIZE_LIMIT:
            raise SubjectLost(f"announced a message of {size:,} bytes")
        return self.read(size, deadline)

    def read(self, size: int, deadline: float | None = None) -> bytes:
        """The next bytes, without their header; errors as in `receive`."""
        parts = bytearray()
        while len(parts) < size:
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise TimedOut("no reply in time")
            self.connection.settimeout(remaining)
            try:
                part = self.connection.recv(min(size - len(parts), 2**20))
            except TimeoutError:
                raise TimedOut("no reply in time") from None
            except OSError as error:
                raise SubjectLost(f"the connection broke ({error.strerror})") from None
            if not part:
                raise Crashed("the process that ran the answer ended")
            parts += part
        return bytes(parts)


class WireTransport:
    """Reaches an actor at the other end of a socket.

    Args:
        frames: the connection.
        seconds: how long all requests together may take.
    """

    def __init__(self, frames: Frames, seconds: float):
        self._frames = frames
        self._deadline = time.monotonic() + seconds

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        """Send a request, answer a bounded number of questions, return the reply."""
        self._send(request)
        for _ in range(QUESTION_LIMIT):
            message = self._frames.receive(self._deadline - time.monotonic())
            if not message.startswith(_QUESTION):
                return message
            self._send(answer_question(message[len(_QUESTION) :]))
        raise SubjectLost(f"asked more than {QUESTION_LIMIT:,} questions")

    def _send(self, data: bytes) -> None:
        try:
            self._frames.send(data)
        except OSError as error:
            raise SubjectLost(f"the connection broke ({error.strerror})") from None


_QUESTION = b"?"


class WireSubject(Subject):
    """An answer at the other end of a socket."""

    def __init__(self, frames: Frames, seconds: float = 10.0):
        super().__init__(WireTransport(frames, seconds))


class WorkerProcess:
    """A process that has torch loaded and runs one answer after another, each in a fork of its own.

    This is a separate process, not a sandbox: it keeps an answer's mistakes from the grader, not its malice.

    Args:
        warm_up: cells of the course that are run once, so that forks find their imports loaded.
    """

    def __init__(self, warm_up: Sequence[str] = ()):
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "autograder.subjects.wire", str(theirs.fileno())]
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


def asker(frames: Frames) -> Callable[[str, list, dict], Any]:
    """A function that sends (callback name, arguments, named arguments) to the grader and returns its answer."""

    def ask(name: str, data: list, named: dict) -> Any:
        frames.send(_QUESTION + encode({"ask": name, "data": data, "named": named}))
        return read_answer(frames.receive())

    return ask


def _main() -> None:
    import torch

    torch.set_num_threads(1)
    _serve(Frames(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    _main()
