"""Whose score moved since the last run, from what to what, and why: `changes.csv`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from autograder.csv_tables import write_table
from autograder.results import journal
from autograder.results.grades import ExerciseResult
from autograder.status import Status

FILE = "changes.csv"


@dataclass(frozen=True)
class Change:
    """A score, or what it is out of, that is another than after the last run: one row of changes.csv.

    Attributes:
        before, after: "score/max_score status".
        why: what else changed.
    """

    student: str
    lesson: str
    exercise: str
    before: str
    after: str
    why: str


def changes(root: Path, earlier: Iterable[ExerciseResult], now: Iterable[ExerciseResult]) -> list[Change]:
    """What moved among the rows that there were before; `root` has the journal that says why."""
    before = {(row.student, row.lesson, row.exercise): row for row in earlier}
    pairs = ((before.get((row.student, row.lesson, row.exercise)), row) for row in now)
    moved = [(old, new) for old, new in pairs if old and (old.score, old.max_score) != (new.score, new.max_score)]
    return [_change(root, old, new) for old, new in moved]


def _change(root: Path, old: ExerciseResult, new: ExerciseResult) -> Change:
    why = _why(_entered(root, new.student, new.lesson), old, new)
    return Change(new.student, new.lesson, new.exercise, _told(old), _told(new), why)


def _told(row: ExerciseResult) -> str:
    return f"{row.score:g}/{row.max_score:g} {row.status}"


def _entered(root: Path, student: str, lesson: str) -> Sequence[journal.Entry]:
    """The last two entries into the gradebook."""
    return [one for one in journal.history(root, student, lesson) if one.scoring][-2:]


def _why(entries: Sequence[journal.Entry], old: ExerciseResult, new: ExerciseResult) -> str:
    """The nearest cause, by what the journal says that the two verdicts were made from."""
    if Status.UNREADABLE in (old.status, new.status):
        return (
            "another notebook was handed in, or it can be read now" if old.status == Status.UNREADABLE else new.reason
        )
    if Status.MANUAL in (old.status, new.status) and old.score != new.score:
        return "scored by hand"
    if old.status == new.status and old.max_score != new.max_score:
        return "other points"
    if len(entries) != 2:
        return "graded again"
    before, after = entries
    if before.attempt != after.attempt:
        return f"another attempt counts: {after.attempt or 'the first'}"
    if before.key.submission != after.key.submission:
        return "another notebook was handed in"
    if before.key.checks.get(new.exercise) != after.key.checks.get(new.exercise):
        return "its check, its solution or what they use has changed"
    if before.key.environment != after.key.environment:
        return "other versions, limits or fresh cases"
    return "graded again"


def write_changes(path: Path, found: Iterable[Change]) -> None:
    """Write the table."""
    write_table(path, [field.name for field in fields(Change)], [vars(change) for change in found])
