"""Whose score moved since the last run, from what to what, and why: `changes.csv`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from autograder.csv_tables import number, write_table
from autograder.results import journal
from autograder.results.grades import ExerciseResult
from autograder.status import Status

FILE = "changes.csv"
LATE = "(late)"


@dataclass(frozen=True)
class Change:
    """A score, what it is out of, or what lateness costs, that is not as after the last run: one row of changes.csv.

    Attributes:
        exercise: which, or `LATE` for what the submission loses by being late.
        before, after: "score/max_score status", or the points that are lost and the hours.
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
    known = [(old, new) for old, new in pairs if old]
    moved = [(old, new) for old, new in known if (old.score, old.max_score) != (new.score, new.max_score)]
    return [*(_change(root, old, new) for old, new in moved), *_penalties(root, known)]


def _penalties(root: Path, known: Iterable[tuple[ExerciseResult, ExerciseResult]]) -> Iterator[Change]:
    """A change for each submission that loses another number of points than before by being late."""
    for (student, lesson), pairs in groupby(known, key=lambda pair: (pair[1].student, pair[1].lesson)):
        old, new = zip(*pairs, strict=True)
        if any(row.late_penalty is None for row in old):  # of a version that did not say
            continue
        before, after = _lateness(old), _lateness(new)
        if before != after and (before.penalty or after.penalty):
            why = _why_late(_entered(root, student, lesson), before, after)
            yield Change(student, lesson, LATE, str(before), str(after), why)


class _Lateness(NamedTuple):
    """What a submission loses, and by how much it is late."""

    penalty: float
    hours: float

    def __str__(self) -> str:
        if not self.hours:
            return "0, on time"
        return f"{number(-self.penalty or 0.0)}, {number(self.hours)} h late"


def _lateness(rows: Sequence[ExerciseResult]) -> _Lateness:
    return _Lateness(round(sum(row.late_penalty or 0.0 for row in rows), 3), rows[0].hours_late or 0.0)


def _why_late(entries: Sequence[journal.Entry], before: _Lateness, after: _Lateness) -> str:
    """The nearest cause that a submission loses another number of points."""
    if before.hours == after.hours:
        return "another score, or other rules for late work"
    old, new = (None, None) if len(entries) != 2 else entries
    if old and new and old.attempt != new.attempt:
        return f"another attempt counts: {new.attempt or 'the first'}"
    if old and new and old.key.submission != new.key.submission:
        return "another notebook was handed in"
    return "another due date, extension or time of handing in"


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
