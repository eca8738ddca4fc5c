"""What the gradebook has on submissions, for their pages; read in one query, without nbgrader, which takes a second."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from autograder.errors import GradingError
from autograder.gradebook import database

_JOINED = """
FROM submitted_notebook n JOIN submitted_assignment s ON s.id = n.assignment_id
JOIN assignment a ON a.id = s.assignment_id"""
# As nbgrader computes them: `Grade.score`, `Grade.max_score`.
_GRADES = f"""
SELECT s.student_id, a.name, c.name,
    coalesce(g.manual_score, g.auto_score, 0.0) +
        CASE WHEN g.manual_score IS NULL AND g.auto_score IS NULL THEN 0.0 ELSE coalesce(g.extra_credit, 0.0) END,
    coalesce(gc.max_score, tc.max_score, 0.0), g.manual_score IS NOT NULL, g.needs_manual_grade
{_JOINED} JOIN grade g ON g.notebook_id = n.id JOIN base_cell c ON c.id = g.cell_id
LEFT JOIN grade_cells gc ON gc.id = c.id LEFT JOIN task_cells tc ON tc.id = c.id"""
_COMMENTS = f"""
SELECT s.student_id, a.name, c.name, t.manual_comment
{_JOINED} JOIN comment t ON t.notebook_id = n.id JOIN base_cell c ON c.id = t.cell_id WHERE t.manual_comment <> ''"""
_SUBMISSIONS = f"SELECT s.student_id, a.name, coalesce(n.late_submission_penalty, 0.0) {_JOINED}"


@dataclass(frozen=True)
class Grade:
    """Points for one cell.

    Attributes:
        score, max_score: in points.
        by_hand: whether a person gave the score.
        waiting: whether nbgrader wants a person to look at it.
    """

    score: float
    max_score: float
    by_hand: bool = False
    waiting: bool = False


@dataclass(frozen=True)
class Grades:
    """What the gradebook has on a submission.

    Attributes:
        student, lesson: whose and which.
        points, comments: by nbgrader id.
        late_penalty: in points.
    """

    student: str
    lesson: str
    points: Mapping[str, Grade] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    late_penalty: float = 0.0

    @property
    def score(self) -> float:
        """All points, less the penalty."""
        return sum(grade.score for grade in self.points.values()) - self.late_penalty

    @property
    def max_score(self) -> float:
        """All points that there are."""
        return sum(grade.max_score for grade in self.points.values())

    def to_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Grades":
        """What `to_data` gave."""
        return cls(**{**data, "points": {name: Grade(**given) for name, given in data["points"].items()}})


def read_grades(address: str) -> dict[tuple[str, str], Grades]:
    """All that a gradebook has, by student and lesson.

    Args:
        address: as `CourseDirectory.db_url` has it.

    Raises:
        GradingError: it cannot be read.
    """
    penalties, given, written = _rows(address, (_SUBMISSIONS, _GRADES, _COMMENTS))
    points: dict[tuple[str, str], dict[str, Grade]] = {}
    for student, lesson, name, score, most, by_hand, waiting in sorted(given):
        points.setdefault((student, lesson), {})[name] = Grade(score, most, bool(by_hand), bool(waiting))
    comments: dict[tuple[str, str], dict[str, str]] = {}
    for student, lesson, name, comment in sorted(written):
        comments.setdefault((student, lesson), {})[name] = comment
    return {
        (student, lesson): Grades(
            student, lesson, points.get((student, lesson), {}), comments.get((student, lesson), {}), penalty
        )
        for student, lesson, penalty in penalties
    }


def _rows(address: str, queries: Iterable[str]) -> list[list[tuple[Any, ...]]]:
    """What each query gives."""
    kind, _, place = address.partition(":///")
    if kind != "sqlite":
        return _rows_elsewhere(address, queries)
    path = unquote(place.partition("?")[0])
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=60)) as book:
            return [book.execute(query).fetchall() for query in queries]
    except sqlite3.Error as error:
        raise GradingError(f"{path}: the gradebook cannot be read ({error}); grade into this folder first") from error


def _rows_elsewhere(address: str, queries: Iterable[str]) -> list[list[tuple[Any, ...]]]:
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DBAPIError

    engine = create_engine(address)
    try:
        with engine.connect() as book:
            return [[tuple(row) for row in book.execute(text(query))] for query in queries]
    except DBAPIError as error:
        raise database.unreachable(address, error) from error
    finally:
        engine.dispose()
