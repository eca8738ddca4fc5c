"""The grader's side: starts a lesson's sandbox, has it run a submission's cells, and gives checks a subject to talk to.

Nothing that comes out is trusted: frames are bounded, decoded by the codec, and every read has a deadline.
"""

import contextlib
import os
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from autograder.course.lessons import Lesson
from autograder.sandbox.cgroups import Group, Mechanism, mechanism
from autograder.sandbox.forkserver import ENDING_SECONDS, FORKING_SECONDS, SandboxError, WarmServer
from autograder.sandbox.inside.limits import Limits
from autograder.subjects.codec import CodecError, decode, encode
from autograder.subjects.drawing import draws
from autograder.subjects.errors import MESSAGE_LIMIT
from autograder.subjects.subject import AnswerError, Crashed, Subject, SubjectLost, TimedOut
from autograder.subjects.wire import Frames, WireTransport
from lessons.toolkit.text import Text, t

WATCHING_SECONDS = 0.02  # between two looks at what a submission uses
QUICK_SECONDS = 1.0  # a cell that takes no longer always runs as it is

TOO_MUCH_MEMORY = t("used more memory than a submission may")

_CREDENTIALS = struct.Struct("3i")


class NotDefined(AnswerError):
    """The submission's cells have left nothing of the name that an exercise is to define."""


class BudgetSpent(TimedOut):
    """The submission as a whole has used all that it may."""


@dataclass(frozen=True)
class CellResult:
    """How a cell ended.

    Attributes:
        status: "ok", "error", "timeout" or "crashed".
        output: what it printed, cut off at the limit of the submission.
        error: what it raised, or why it did not come to an end.
    """

    status: str
    output: str = ""
    error: AnswerError | SubjectLost | None = None


@dataclass(frozen=True)
class Cell:
    """A cell of a submission.

    Attributes:
        source: what runs.
        shorten: makes what runs in its place where it takes too long, "" for nothing.
        is_own: whether that may take its place for the sake of the other cells as well.
    """

    source: str
    shorten: Callable[[], str] = str
    is_own: bool = False


class Sandbox:
    """A warm process that no submission can leave, for one lesson. Use it in a `with` statement.

    bubblewrap ends it with the thread that made it, so keep that one alive. Processes that this one forks can use it
    too; each starts its own only when the common one has died.

    Args:
        lesson: whose submissions it runs.
        limits: what each of them may use.
        hidden: folders that no submission may see, such as the output folder.
        bound: how the sum over processes is bounded; by default the best that works here.
        server: one for the same lesson, limits and folders that has been started before; it is closed with this.
    """

    def __init__(
        self,
        lesson: Lesson,
        limits: Limits | None = None,
        hidden: Sequence[Path] = (),
        bound: Mechanism | None = None,
        server: WarmServer | None = None,
    ):
        self._lesson, self._hidden = lesson, tuple(hidden)
        self.limits = limits or Limits()
        self._bound = bound or mechanism()
        self._server = server
        self._lock = threading.Lock()

    def __enter__(self) -> "Sandbox":
        self._live_server()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    @contextmanager
    def submission(self, cells: Sequence[str | Cell]) -> Iterator["Session"]:
        """Run the cells of a submission; everything that they started is dead when the block ends.

        Raises:
            SandboxError: no process could be had for it.
        """
        found = [Cell(cell) if isinstance(cell, str) else cell for cell in cells]
        start = partial(self._start, any(draws(cell.source) for cell in found))
        session = Session(found, self.limits, start)
        try:
            session.run_cells()
            yield session
        finally:
            session.close()

    def _start(self, may_draw: bool = False) -> "SandboxedProcess":
        with self._lock:
            server = self._live_server()
            ours, ended = server.fork(may_draw)
        return SandboxedProcess(ours, ended, self._bound.group(self.limits))

    def _live_server(self) -> WarmServer:
        """The server, ready; a new one if it has died."""
        if self._server is None or not self._server.alive:
            if self._server is not None:
                self._server.close()
            self._server = WarmServer(self._lesson, self.limits, self._hidden)
        self._server.wait_until_ready()
        return self._server


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


class Session:
    """One submission: its cells, then its exercises.

    A cell that ends or hangs the process is left out when the other cells run again in a new one, and an exercise that
    does so costs no other. Of a cell that takes too long, the short form runs; so it does of all slow cells of the
    learner's own once half the submission's time is gone, so that time is left for the exercises. A cell that lacked a
    name runs once more after the others: learners run cells in an order of their own.

    Attributes:
        cell_results: one for each cell.
        cpu_seconds: what its processes took that have ended.
        exercise_seconds: of CPU that the last exercise took; 0 where it was not begun.
    """

    def __init__(self, cells: Sequence[Cell], limits: Limits, start: Callable[[], SandboxedProcess]):
        self._cells = cells
        self._limits, self._start = limits, start
        self._sources = [cell.source for cell in self._cells]
        self._results: dict[int, CellResult] = {}
        self._left_out: set[int] = set()
        self._quick: set[int] = set()
        self._in_haste = False
        self._process: SandboxedProcess | None = None
        self.cpu_seconds = self.exercise_seconds = 0.0
        self._began = time.monotonic()
        self._deadline = self._began + limits.submission_wall

    @property
    def cell_results(self) -> tuple[CellResult, ...]:
        """How each cell ended."""
        return tuple(self._results[number] for number in range(len(self._cells)))

    def run_cells(self) -> None:
        """Run all cells that have not ended a process, if need be several times."""
        while self._process is None:
            try:
                self._begin()
            except BudgetSpent as spent:
                for number in range(len(self._cells)):
                    self._results.setdefault(number, CellResult("timeout", "", spent))
                return
            whole = self._run_all(range(len(self._cells))) and self._run_all(self._nameless())
            if whole and self._process is not None:
                self._process.cpu_total = self._limits.submission_seconds - self.cpu_seconds

    def _run_all(self, numbers: Iterable[int]) -> bool:
        """Run cells in turn; whether there is still a process after them."""
        return all(number in self._left_out or self._run(number) for number in numbers)

    def _nameless(self) -> list[int]:
        """The cells that stopped because a name was not defined."""
        found = ((number, result.error) for number, result in sorted(self._results.items()))
        return [number for number, error in found if getattr(error, "type_name", "") == "NameError"]

    def _begin(self) -> None:
        """A new process, which may use what is left; its cells no more than half of all, unless they were cut short.

        Raises:
            BudgetSpent: nothing is left.
        """
        left = self._limits.submission_seconds - self.cpu_seconds
        if left <= 0 or time.monotonic() > self._deadline:
            raise BudgetSpent(t("the submission has used all the time it may"))
        if self._half_gone() and not self._in_haste:
            self._in_haste = True
            for number, cell in enumerate(self._cells):
                if cell.is_own and number not in self._quick:
                    self._cut_short(number)
        self._process = self._start()
        self._process.cpu_total = left if self._in_haste else left - self._limits.submission_seconds / 2

    def _half_gone(self) -> bool:
        waited = time.monotonic() - self._began
        return self.cpu_seconds >= self._limits.submission_seconds / 2 or waited >= self._limits.submission_wall / 2

    def _cut_short(self, number: int) -> None:
        """Let a cell's short form run from now on, or nothing where that has been tried or there is none."""
        short = self._cells[number].shorten()
        if not short or self._sources[number] == short:
            self._left_out.add(number)
        self._sources[number] = short
        self._results.setdefault(number, CellResult("timeout", "", TimedOut(t("only its definitions were run"))))

    def _run(self, number: int) -> bool:
        """Run one cell; whether there is still a process after it."""
        process, began = self._process, time.monotonic()
        if process is None:
            return False
        process.watch_for(self._limits.exercise_seconds, process.kill)
        try:
            seconds = self._seconds()
            process.order({"cell": self._sources[number]}, seconds)
            result = _cell_result(process.reply(seconds), self._limits)
        except SubjectLost as lost:
            self._lose(number, process.explain(lost))
            return False
        process.watch_for(float("inf"), process.kill)
        if self._sources[number] == self._cells[number].source:
            self._results[number] = result
        if time.monotonic() - began < QUICK_SECONDS:
            self._quick.add(number)
        return True

    def _lose(self, number: int, why: SubjectLost) -> None:
        """A cell has ended or hung its process; one that only came when the time of all was gone runs again."""
        self._results[number] = CellResult(why.status, "", why)
        self._drop()
        if why.status != "timeout":
            self._left_out.add(number)
        elif self._cells[number].shorten() or self._in_haste or not self._half_gone():
            self._cut_short(number)

    def _seconds(self) -> float:
        """How long a cell or an exercise may take by the clock."""
        return max(0.1, min(self._limits.exercise_wall, self._deadline - time.monotonic()))

    @contextmanager
    def exercise(self, name: str) -> Iterator[Subject]:
        """The answer that the cells have left as `name`, in a process of its own.

        Raises:
            NotDefined: there is none of that name.
            SubjectLost: the process is gone, or the submission has used all its time.
        """
        self.exercise_seconds = 0.0
        self.run_cells()
        if self._process is None:
            raise BudgetSpent(t("the submission has used all the time it may"))
        group = self._process.group
        before, (ours, theirs) = group.cpu(), socket.socketpair()
        answer = _Answer(self._process, ours, self._seconds())
        try:
            with theirs:
                answer.open(name, theirs.fileno(), self._limits)
            answer.greet(name)
            yield Subject(answer)
        finally:
            ours.close()
            still_there = answer.end()
            with contextlib.suppress(OSError):
                self.exercise_seconds = group.cpu() - before
            if not still_there:
                self._drop()

    def _drop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):
                self.cpu_seconds += process.group.cpu()
            process.close()

    def close(self) -> None:
        """End everything that the submission started."""
        self._drop()


class _Answer(WireTransport):
    """Reaches an exercise's process, and knows why it was lost.

    Args:
        process: the submission's.
        connection: our end of the exercise's socket.
        seconds: by the clock, for all requests together.
    """

    def __init__(self, process: SandboxedProcess, connection: socket.socket, seconds: float):
        connection.settimeout(seconds)
        super().__init__(Frames(connection), seconds)
        self._process, self._connection, self._seconds = process, connection, seconds
        self._ended: bool | None = None
        self._status: int | None = None

    def open(self, name: str, descriptor: int, limits: Limits) -> None:
        """Have the exercise's process forked."""
        process = self._process
        process.watch_for(limits.exercise_seconds, self._hang_up)
        try:
            process.order({"exercise": name}, self._seconds, descriptor)
        except SubjectLost as lost:
            raise self._explained(lost) from None

    def greet(self, name: str) -> None:
        """Hear whether the name is defined."""
        try:
            message = decode(self._frames.receive(self._seconds))
        except CodecError as error:
            raise Crashed(error.told) from None
        except SubjectLost as lost:
            raise self._explained(lost) from None
        if not isinstance(message, dict) or "missing" in message:
            raise NotDefined("NameError", f"{name} is not defined")

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        """As `WireTransport.exchange`; the loss says its cause."""
        try:
            return super().exchange(request, answer_question)
        except SubjectLost as lost:
            raise self._explained(lost) from None

    def end(self) -> bool:
        """End all that runs beside process 1; whether that one still does as it is told."""
        if self._ended is None:
            self._ended = False
            self._process.watch_for(float("inf"), self._process.kill)
            with contextlib.suppress(SubjectLost):
                self._process.order({"end": None}, ENDING_SECONDS)
                status = self._process.reply(ENDING_SECONDS).get("exit")
                self._status = status if type(status) is int and abs(status) < 256 else None
                self._ended = self._process.breach is None
        return self._ended

    def _explained(self, lost: SubjectLost) -> SubjectLost:
        alive = self.end()
        return self._process.explain(lost, self._status if alive else None)

    def _hang_up(self) -> None:
        """Wake whoever waits for a reply."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)


def _cell_result(message: dict[str, Any], limits: Limits) -> CellResult:
    """A reply about a cell, whatever is in it.

    Raises:
        Crashed: it is no such reply.
    """
    match message:
        case {"error": None, "output": str(output)}:
            return CellResult("ok", output[: limits.output])
        case {
            "error": {"type": str(name), "message": str(text), "line": str(line), "number": int(number)},
            "output": str(output),
        }:
            error = AnswerError(name[:MESSAGE_LIMIT], text[:MESSAGE_LIMIT], line[:MESSAGE_LIMIT], number)
            return CellResult("error", output[: limits.output], error)
    raise Crashed(t("what came back is no reply"))
