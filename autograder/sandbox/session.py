"""One submission in a sandbox: its cells, run as often as that takes, then its exercises."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from autograder.sandbox.forkserver import ENDING_SECONDS
from autograder.sandbox.inside.limits import Limits
from autograder.sandbox.process import SandboxedProcess
from autograder.subjects.codec import CodecError, decode
from autograder.subjects.errors import MESSAGE_LIMIT
from autograder.subjects.subject import AnswerError, Crashed, Subject, SubjectLost, TimedOut
from autograder.subjects.wire import Frames, WireTransport
from lessons.toolkit.text import t

QUICK_SECONDS = 1.0  # a cell that takes no longer always runs as it is
MOST_STOPS = 100  # statements of a cell that may fail; what stands below the last one is not run
MOST_BELOW = 1_000_000  # characters, in all cells together, in which is looked for what stands below a failure


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
        line: of the statement of its own that raised it, 0 where that is not known.
        went_on: whether statements below that one were run.
    """

    status: str
    output: str = ""
    error: AnswerError | SubjectLost | None = None
    line: int = 0
    went_on: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a submission.

    Attributes:
        source: what runs.
        shorten: makes what runs in its place where it takes too long, "" for nothing.
        is_own: whether that may take its place for the sake of the other cells as well.
        rest_below: makes of what ran, and the line of a statement that failed, what is to run of the statements below
            it, "" for nothing.
    """

    source: str
    shorten: Callable[[], str] = str
    is_own: bool = False
    rest_below: Callable[[str, int], str] = lambda source, line: ""


class Session:
    """One submission: its cells, then its exercises.

    A cell that ends or hangs the process is left out when the other cells run again in a new one, and an exercise that
    does so costs no other. Of a cell that takes too long, the short form runs; so it does of all slow cells of the
    learner's own once half the submission's time is gone, so that time is left for the exercises. Below a statement
    that fails a cell goes on, as it did where the learner had the module or the file that is lacking here. A cell that
    lacked a name runs once more after the others: learners run cells in an order of their own.

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
        self._in_haste, self._left_below = False, MOST_BELOW
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
            result = self._run_through(process, number)
        except SubjectLost as lost:
            self._lose(number, process.explain(lost))
            return False
        process.watch_for(float("inf"), process.kill)
        if self._sources[number] == self._cells[number].source:
            self._results[number] = result
        if time.monotonic() - began < QUICK_SECONDS:
            self._quick.add(number)
        return True

    def _run_through(self, process: SandboxedProcess, number: int) -> CellResult:
        """Run a cell, and again and again what stands below a statement that fails.

        Raises:
            SubjectLost: the process did not come through.
        """
        source, first, stops = self._sources[number], None, 0
        while True:
            seconds = self._seconds()
            process.order({"cell": source}, seconds)
            result = _cell_result(process.reply(seconds), self._limits)
            first = result if first is None else _continued(first, result, self._limits)
            stops += 1
            source = self._rest(number, source, result.line) if stops < MOST_STOPS else ""
            if not source:
                return first

    def _rest(self, number: int, source: str, line: int) -> str:
        """What stands below the statement in a line that failed, 0 for none; "" where enough was looked at."""
        if not line or self._left_below < len(source):
            return ""
        self._left_below -= len(source)
        return self._cells[number].rest_below(source, line)

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


def _continued(first: CellResult, rest: CellResult, limits: Limits) -> CellResult:
    """How a cell ended of which the rest was run as well."""
    return replace(first, output=f"{first.output}{rest.output}"[: limits.output], went_on=True)


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
            own = message.get("line")
            return CellResult("error", output[: limits.output], error, own if isinstance(own, int) else 0)
    raise Crashed(t("what came back is no reply"))
