"""An answer in another process: frames on a socket, requests one way and questions the other."""

import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from autograder.subjects.codec import SIZE_LIMIT, encode
from autograder.subjects.subject import Crashed, Subject, SubjectLost, TimedOut, read_answer
from lessons.toolkit.text import t

_HEADER = struct.Struct("!I")
QUESTION_LIMIT = 10_000


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
            raise SubjectLost(t("announced a message of {size} bytes", size=f"{size:,}"))
        return self.read(size, deadline)

    def read(self, size: int, deadline: float | None = None) -> bytes:
        """The next bytes, without their header; errors as in `receive`."""
        parts = bytearray()
        while len(parts) < size:
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise TimedOut(t("no reply in time"))
            self.connection.settimeout(remaining)
            try:
                part = self.connection.recv(min(size - len(parts), 2**20))
            except TimeoutError:
                raise TimedOut(t("no reply in time")) from None
            except OSError as error:
                raise SubjectLost(t("the connection broke ({error})", error=error.strerror)) from None
            if not part:
                raise Crashed(t("the process that ran the answer ended"))
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
        raise SubjectLost(t("asked more than {limit} questions", limit=f"{QUESTION_LIMIT:,}"))

    def _send(self, data: bytes) -> None:
        try:
            self._frames.send(data)
        except TimeoutError:
            raise TimedOut(t("it does not read what it is asked")) from None
        except OSError as error:
            raise SubjectLost(t("the connection broke ({error})", error=error.strerror)) from None


_QUESTION = b"?"


class WireSubject(Subject):
    """An answer at the other end of a socket."""

    def __init__(self, frames: Frames, seconds: float = 10.0):
        super().__init__(WireTransport(frames, seconds))


def asker(frames: Frames) -> Callable[[str, list[Any], dict[Any, Any]], Any]:
    """A function that sends (callback name, arguments, named arguments) to the grader and returns its answer."""

    def ask(name: str, data: list[Any], named: dict[Any, Any]) -> Any:
        frames.send(_QUESTION + encode({"ask": name, "data": data, "named": named}))
        return read_answer(frames.receive())

    return ask
