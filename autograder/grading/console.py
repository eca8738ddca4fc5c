"""What `autograder grade` shows on the terminal."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from autograder.results.grades import ExerciseResult
from autograder.results.score_changes import FILE as CHANGES
from autograder.results.score_changes import Change
from autograder.status import STATUSES
from autograder.submissions.find import Refusal

MOST_CHANGES = MOST_NOTES = 40  # lines on the terminal
RECORD = "run.json"
PACE_SECONDS = 60.0
FEWEST = 5  # submissions that tell a pace
QUIET_SECONDS = 30.0  # between two lines about the progress where there is no bar


@dataclass(frozen=True)
class Note:
    """What a person should know of a submission that is graded.

    Attributes:
        where: the submission's path below SUBMISSIONS.
        text: a line.
    """

    where: str
    text: str


@dataclass(frozen=True)
class ClassRun:
    """What grading a class gave.

    Attributes:
        root: the output folder.
        results: of this run, by student, then lesson.
        refusals: what could not be graded.
        known: how many submissions had not changed since an earlier run and were not graded again.
        judged: how many exercises were judged; what of a submission was known was not judged again.
        changes: the scores that are others than after the last run.
        resumed: how many of the known were graded by a run that was stopped.
        notes: what a person should know of those that are graded.
    """

    root: Path
    results: tuple[ExerciseResult, ...]
    refusals: tuple[Refusal, ...]
    known: int = 0
    judged: int = 0
    changes: tuple[Change, ...] = ()
    resumed: int = 0
    notes: tuple[Note, ...] = ()


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar over the submissions; yields what moves it: call it with a line to print (or ""), done, count.

    Where no terminal shows a bar, a line is printed now and then.
    """
    columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    bar = Progress(*columns, console=_console(), transient=True)
    task, pace, told = bar.add_task("", total=None), Pace(), time.monotonic()

    def on_progress(message: str, done: int, count: int) -> None:
        nonlocal told
        bar.start()  # not before: where nothing can be graded there is nothing to show
        if message:
            bar.console.print(message, soft_wrap=True)
        pace.note(done, time.monotonic())
        bar.update(task, completed=done, total=count, description=pace.told(count))
        if pace.told(count) and not bar.console.is_terminal and time.monotonic() > told + QUIET_SECONDS:
            told = time.monotonic()
            bar.console.print(f"{done} of {count}: {pace.told(count)}", soft_wrap=True)

    try:
        yield on_progress
    finally:
        if bar.live.is_started:
            bar.stop()


class Pace:
    """How fast submissions are graded: over the last minute, so that what a lesson takes to open is soon forgotten."""

    def __init__(self) -> None:
        self._noted: deque[tuple[float, int]] = deque()

    def note(self, done: int, seconds: float) -> None:
        """So many are done at that time, on any clock. They are graded one by one: in a jump they were known before."""
        if self._noted and done != self._noted[-1][1] + 1:
            self._noted.clear()
        self._noted.append((seconds, done))
        while len(self._noted) > FEWEST and self._noted[0][0] < seconds - PACE_SECONDS:
            self._noted.popleft()

    def told(self, count: int) -> str:
        """The rate, and the time left until `count` are done; "" while too few are done to say."""
        if len(self._noted) < FEWEST:
            return ""
        (began, before), (now, done) = self._noted[0], self._noted[-1]
        rate = (done - before) / (now - began)
        minutes, seconds = divmod(round((count - done) / rate), 60)
        return f"{rate:.2g} submissions/s, {minutes}:{seconds:02} left"


def show_run(run: ClassRun, grades: Path) -> None:
    """Points and statuses of every submission, then what could not be graded, then where the grades are."""
    console = _console()
    table = Table("student", "lesson", "points", "exercises", box=None, pad_edge=False)
    by_submission = groupby(run.results, key=lambda result: (result.student, result.lesson))
    for (student, lesson), results in by_submission:
        table.add_row(*(Text(cell) for cell in (student, lesson, *_summary(list(results)))))
    console.print(table)
    show_refusals(run.refusals)
    _show_notes(run.notes)
    _show_changes(run.changes)
    count = len({(result.student, result.lesson) for result in run.results})
    console.print(f"Grades: {grades}{_told_known(run, count)}", soft_wrap=True)
    if run.known < count and run.judged < len(run.results):
        told = "the others are as an earlier run judged them, unreadable, or graded by hand"
        console.print(f"Judged: {run.judged} of {len(run.results)} exercises; {told}.", soft_wrap=True)


def _told_known(run: ClassRun, count: int) -> str:
    """What was graded now, what a stopped run had graded, and what was skipped: nothing has changed since it was."""
    if not run.known:
        return ""
    resumed = f", {run.resumed} taken over from a run that was stopped" if run.resumed else ""
    return f" ({count - run.known} graded{resumed}, {run.known - run.resumed} known from an earlier run)"


def _show_changes(changes: Sequence[Change]) -> None:
    """The scores that moved, a line each up to a number, and where the others are."""
    if not changes:
        return
    console = _console()
    table = Table("student", "lesson", "exercise", "before", "now", "why", box=None, pad_edge=False)
    for change in changes[:MOST_CHANGES]:
        table.add_row(*(Text(cell) for cell in vars(change).values()))
    console.print(f"\nScores that moved: {len(changes)} (all are in {CHANGES})")
    console.print(table)


def show_refusals(refusals: Iterable[Refusal]) -> None:
    """What could not be graded, a line each."""
    console, refusals = _console(), list(refusals)
    if refusals:
        console.print(f"\nCould not be graded: {len(refusals)}")
    for refusal in refusals:
        console.print(f"  {refusal.where}: {refusal.reason}", soft_wrap=True)


def _show_notes(notes: Sequence[Note]) -> None:
    """What a person should know, a line each up to a number, and where the others are."""
    if not notes:
        return
    console = _console()
    console.print(f"\nTo be looked at: {len(notes)} (all are in {RECORD})")
    for note in notes[:MOST_NOTES]:
        console.print(f"  {note.where}: {note.text}", soft_wrap=True)


def _summary(results: list[ExerciseResult]) -> tuple[str, str]:
    counts = Counter(result.status for result in results)
    told = ", ".join(f"{counts[status]} {status.replace('_', ' ')}" for status in STATUSES if counts[status])
    return f"{sum(r.score for r in results):g}/{sum(r.max_score for r in results):g}", told


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)
