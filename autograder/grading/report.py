"""What `autograder grade` shows on the terminal."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.grading.changes import FILE as CHANGES
from autograder.grading.changes import Change
from autograder.grading.results import STATUSES, ExerciseResult
from autograder.grading.submissions import Refusal

MOST_CHANGES = 40  # lines on the terminal


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
    """

    root: Path
    results: tuple[ExerciseResult, ...]
    refusals: tuple[Refusal, ...]
    known: int = 0
    judged: int = 0
    changes: tuple[Change, ...] = ()


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar over the submissions; yields what moves it: call it with a line to print (or ""), done, count."""
    columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=_console(), transient=True)
    task = bar.add_task("", total=None)

    def on_progress(message: str, done: int, count: int) -> None:
        bar.start()  # not before: where nothing can be graded there is nothing to show
        if message:
            bar.console.print(message, soft_wrap=True)
        bar.update(task, completed=done, total=count)

    try:
        yield on_progress
    finally:
        if bar.live.is_started:
            bar.stop()


def show_run(run: ClassRun, grades: Path) -> None:
    """Points and statuses of every submission, then what could not be graded, then where the grades are."""
    console = _console()
    table = Table("student", "lesson", "points", "exercises", box=None, pad_edge=False)
    by_submission = groupby(run.results, key=lambda result: (result.student, result.lesson))
    for (student, lesson), results in by_submission:
        table.add_row(*(Text(cell) for cell in (student, lesson, *_summary(list(results)))))
    console.print(table)
    show_refusals(run.refusals)
    _show_changes(run.changes)
    count = len({(result.student, result.lesson) for result in run.results})
    told = f" ({count - run.known} graded, {run.known} known from an earlier run)" if run.known else ""
    console.print(f"Grades: {grades}{told}", soft_wrap=True)
    if run.known < count and run.judged < len(run.results):
        told = "the others have not changed, or are graded by hand"
        console.print(f"Judged: {run.judged} of {len(run.results)} exercises; {told}.", soft_wrap=True)


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


def _summary(results: list[ExerciseResult]) -> tuple[str, str]:
    counts = Counter(result.status for result in results)
    told = ", ".join(f"{counts[status]} {status.replace('_', ' ')}" for status in STATUSES if counts[status])
    return f"{sum(r.score for r in results):g}/{sum(r.max_score for r in results):g}", told


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)
