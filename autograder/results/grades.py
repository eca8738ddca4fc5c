"""Verdicts on exercises, and `grades.csv`, the table of them."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from autograder.csv_tables import plain_cell, write_table
from autograder.errors import GradingError
from autograder.status import Status


@dataclass(frozen=True)
class ExerciseResult:
    """The verdict on one exercise of one submission: one row of grades.csv.

    Attributes:
        student, lesson, exercise: whose and which.
        score, max_score: in points, as nbgrader's gradebook has them.
        status: how it ended.
        reason: one line; empty where there is nothing to explain.
        hours_late: by how much its submission was late, extensions included; None in tables of versions before 0.3.0.
        late_penalty: what of the score that costs; `score` is without it. None as above.
    """

    student: str
    lesson: str
    exercise: str
    score: float
    max_score: float
    status: Status
    reason: str = ""
    hours_late: float | None = 0.0
    late_penalty: float | None = 0.0


_ADDED = ("hours_late", "late_penalty")  # columns that tables of earlier versions lack
COLUMNS = tuple(field.name for field in fields(ExerciseResult))


def read_grades(path: Path) -> list[ExerciseResult]:
    """The rows of a grades.csv; none where there is no such file.

    Raises:
        GradingError: the file has other columns, or a score that is no number.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        try:
            return [_from_row(row) for row in reader]
        except (KeyError, TypeError, ValueError) as error:
            wanted = ", ".join(COLUMNS)
            place = f"{path}, line {reader.line_num}"
            raise GradingError(f"{place}: expected the columns {wanted}; move the file away and grade again") from error


def write_grades(path: Path, results: Iterable[ExerciseResult]) -> None:
    """Write the table."""
    rows = (asdict(result) for result in results)
    write_table(path, COLUMNS, [{name: "" if value is None else value for name, value in row.items()} for row in rows])


def merged(old: Iterable[ExerciseResult], new: Iterable[ExerciseResult]) -> list[ExerciseResult]:
    """`new`, and those rows of `old` whose submission was not graded this time; by student, then lesson."""
    new = list(new)
    graded = {(result.student, result.lesson) for result in new}
    kept = [result for result in old if (result.student, result.lesson) not in graded]
    return sorted(kept + new, key=lambda result: (result.student, result.lesson))


def _from_row(row: dict[str, str]) -> ExerciseResult:
    values = {name: plain_cell(row[name]) for name in COLUMNS if name not in _ADDED}
    score, max_score = float(row["score"]), float(row["max_score"])
    whose = (values["student"], values["lesson"], values["exercise"])
    late = (float(row[name]) if row.get(name) else None for name in _ADDED)
    return ExerciseResult(*whose, score, max_score, Status(values["status"]), values["reason"], *late)
