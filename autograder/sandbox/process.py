"""One submission's processes, as the grader sees them: its orders, what they use, and how they were lost."""

import contextlib
import os
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

from autograder.sandbox.cgroups import Group
from autograder.sandbox.forkserver import ENDING_SECONDS, FORKING_SECONDS, SandboxError
from autograder.subjects.codec import CodecError, decode, encode
from autograder.subjects.subject import Crashed, SubjectLost, TimedOut
from autograder.subjects.wire import Frames
from lessons.toolkit.text import Text, t

WATCHING_SECONDS = 0.02  # between two looks at what a submission uses
TOO_MUCH_MEMORY = t("used more memory than a submission may")
_CREDENTIALS = struct.Struct("3i")


class SandboxedProcess:
    """Process 1 of a submission, and through it all its processes.

    Args:
        connection: its socket.
        ended: the pipe on which its supervisor, which is not the submission's, says how it ended.
        group: what counts and bounds what it uses.
    """

    def __init__(self, connection: socket.socket, ended: int, group: Group):
        self.group, self.frames = group, Frames(connection)
        self._connection, self._ended = connection, ended
        self._pidfd = -1
        self.breach: Text | None = None
        self.cpu_total = self._cpu_limit = float("inf")
        self._mark, self._stop = 0.0, self.kill
        self._watch: threading.Thread | None = None
        self._closed = threading.Event()
        try:
            self._greet()
        except BaseException:
            self.close()
            raise

    def _greet(self) -> None:
        """Learn its number from the kernel and take it into the group, before it runs anything of the submission."""
        self._connection.settimeout(FORKING_SECONDS)
        space = socket.CMSG_SPACE(_CREDENTIALS.size)
        try:
            head, ancillary, _, _ = self._connection.recvmsg(4, space)
            greeting = decode(self.frames.read(struct.unpack("!I", head)[0], time.monotonic() + FORKING_SECONDS))
        except (OSError, SubjectLost, struct.error) as error:
            raise SandboxError(f"the sandbox could not start a process ({error})") from None
        if "refused" in greeting:
            raise SandboxError(f"the sandbox could not shut a process in ({greeting['refused']})")
        pid = next(_CREDENTIALS.unpack(data)[0] for _, kind, data in ancillary if kind == socket.SCM_CREDENTIALS)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self._pidfd = os.pidfd_open(pid)
        self.group.add(pid)
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def watch_for(self, seconds: float, stop: Callable[[], None]) -> None:
        """From now on allow so much CPU, and call `stop` when more is used."""
        self._mark, self._cpu_limit, self._stop = self.group.cpu(), seconds, stop

    def _look(self) -> None:
        while not self._closed.wait(WATCHING_SECONDS):
            if self.breach is None:
                self._measure()

    def _measure(self) -> None:
        used = self.group.cpu()
        if used > self.cpu_total:
            self._break(t("used all the processor time of a submission"), self.kill)
        elif used - self._mark > self._cpu_limit:
            self._break(t("used more than {seconds} s of processor time", seconds=f"{self._cpu_limit:g}"), self._stop)
        elif self.group.too_much_memory():
            self._break(TOO_MUCH_MEMORY, self._stop)

    def _break(self, reason: Text, stop: Callable[[], None]) -> None:
        self.breach = reason
        stop()

    def order(self, message: dict[str, Any], seconds: float, descriptor: int | None = None) -> None:
        """Send an order, with a descriptor if one is given."""
        data = encode(message)
        self._connection.settimeout(seconds)
        try:
            if descriptor is None:
                self.frames.send(data)
            else:
                sent = socket.send_fds(self._connection, [struct.pack("!I", len(data)) + data], [descriptor])
                if sent < 4 + len(data):
                    raise Crashed(t("it does not read its orders"))
        except OSError as error:
            raise Crashed(t("the connection broke ({error})", error=error.strerror)) from None

    def reply(self, seconds: float) -> dict[str, Any]:
        """The next reply, which can be anything.

        Raises:
            SubjectLost: there is none.
        """
        try:
            message = decode(self.frames.receive(seconds))
        except CodecError as error:
            raise Crashed(error.told) from None
        if not isinstance(message, dict):
            raise Crashed(t("what came back is no reply"))
        return message

    def kill(self) -> None:
        """Kill process 1, with which the kernel kills everything in its namespace."""
        if self._pidfd >= 0:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Kill everything, wait until it is dead, and clear up."""
        self._closed.set()
        if self._watch is not None and self._watch is not threading.current_thread():
            self._watch.join()
        self.kill()
        if self._pidfd >= 0:
            gone, _, _ = select.select([self._pidfd], [], [], ENDING_SECONDS)
            os.close(self._pidfd)
            self._pidfd = -1
            if not gone:
                raise SandboxError("a submission's processes could not be ended")
        self._connection.close()
        if self._ended >= 0:
            os.close(self._ended)
            self._ended = -1
        self.group.close()

    def explain(self, lost: SubjectLost, status: int | None = None) -> SubjectLost:
        """The loss with its cause: a limit, a signal, an exit."""
        if self.breach is None:
            self._look_for_memory()
        if self.breach is not None:
            kind = Crashed if self.breach == TOO_MUCH_MEMORY else TimedOut
            return kind(self.breach)
        if isinstance(lost, TimedOut):
            return lost
        if not isinstance(lost, Crashed):
            return Crashed(lost.told)  # it sent what is no reply
        status = self._exit() if status is None else status
        return Crashed(lost.told if status is None else t("{lost}: {how}", lost=lost.told, how=_how(status)))

    def _look_for_memory(self) -> None:
        with contextlib.suppress(OSError):
            if self.group.too_much_memory():
                self.breach = TOO_MUCH_MEMORY

    def _exit(self) -> int | None:
        """How process 1 ended, if it has."""
        ready, _, _ = select.select([self._ended], [], [], 0.2)
        data = os.read(self._ended, 4) if ready else b""
        return struct.unpack("!i", data)[0] if len(data) == 4 else None


def _how(status: int) -> Text:
    if status >= 0:
        return t("exit code {code}", code=status)
    with contextlib.suppress(ValueError):
        return t("signal {name}", name=signal.Signals(-status).name)
    return t("signal {name}", name=-status)
