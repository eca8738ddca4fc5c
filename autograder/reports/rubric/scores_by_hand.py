"""What a person has given for a written answer: read from the gradebook, and written to it at once.

The gradebook is the only record. Which items of the rubric were given stands in the comment, a line each, so that
formgrader, the page of feedback and this page cannot disagree.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.gradebook import course_root, database, lateness
from autograder.reports.feedback.grades import Grade, read_grades
from autograder.reports.rubric.questions import Question
from autograder.text import harmless

GIVEN, NOT_GIVEN = "✓ ", "– "
LONGEST_COMMENT = 20_000  # characters
WAITING, AGAIN, GRADED, IDLE = "waiting", "again", "graded", "idle"


@dataclass(frozen=True)
class ByHand:
    """What stands in the gradebook about an answer.

    Attributes:
        items: for each item of the rubric, whether it was given.
        points: what a person gave; None where nobody has.
        most: how many points there are.
        comment: what was written beside the items.
        status: waiting for a person; again, as another notebook was handed in since; graded; or idle, as nothing was
            written.
    """

    items: tuple[bool, ...]
    points: float | None
    most: float
    comment: str
    status: str

    @property
    def seen(self) -> str:
        """A hash, by which is told whether somebody else has changed it meanwhile."""
        return hashlib.sha256(repr(self).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_class(root: Path, question: Question) -> dict[str, ByHand]:
    """What stands in the gradebook about each student's answer.

    Raises:
        GradingError: the gradebook cannot be read.
    """
    found = {}
    for (student, lesson), grades in read_grades(database.address(root)).items():
        if lesson == question.lesson and (grade := grades.points.get(question.name)) is not None:
            found[student] = _read(question, grade, grades.comments.get(question.name, ""))
    return found


def _read(question: Question, grade: Grade, comment: str) -> ByHand:
    items, rest = take_apart(question.rubric.items, comment)
    status = {
        (True, True): AGAIN,
        (True, False): GRADED,
        (False, True): WAITING,
        (False, False): IDLE,
    }[grade.by_hand, grade.waiting]
    return ByHand(items, grade.score if grade.by_hand else None, grade.max_score, rest, status)


def compose(items: Mapping[str, bool], comment: str) -> str:
    """The comment of the gradebook: a line for each item, then what was written."""
    lines = "\n".join(f"{GIVEN if given else NOT_GIVEN}{item}" for item, given in items.items())
    return "\n\n".join(filter(None, [lines, comment.strip()]))


def take_apart(items: Sequence[str], comment: str) -> tuple[tuple[bool, ...], str]:
    """Which items a comment gives, and what else it says; another wording of an item is something else."""
    lines = comment.split("\n")
    given = tuple(GIVEN + item in lines for item in items)
    own = {sign + item for item in items for sign in (GIVEN, NOT_GIVEN)}
    return given, "\n".join(line for line in lines if line not in own).strip()


@dataclass(frozen=True)
class Change:
    """What a person gives.

    Attributes:
        items: for each item of the rubric, whether it is given.
        points: other points than those of the items; None for theirs.
        comment: what is said beside the items.
        graded: False puts the answer back to those that wait.
    """

    items: tuple[bool, ...]
    points: float | None
    comment: str
    graded: bool


def write(root: Path, question: Question, student: str, change: Change) -> None:
    """Enter it, and what being late costs of it.

    Raises:
        GradingError: the gradebook cannot be reached.
        MissingEntry: it has no such answer.
    """
    directory = course_root.course_directory(root, question.lesson)
    with course_root.gradebook(directory) as book:
        place = (question.name, question.lesson, question.lesson, student)
        grade = book.find_grade(*place)
        earned = question.rubric.points(change.items, grade.max_score)
        grade.manual_score = (earned if change.points is None else change.points) if change.graded else None
        grade.needs_manual_grade = not change.graded
        items = dict(zip(question.rubric.items, change.items, strict=True)) if change.graded else {}
        comment = harmless(change.comment.replace("\r\n", "\n"))[:LONGEST_COMMENT]
        book.find_comment(*place).manual_comment = compose(items, comment) or None
        book.db.commit()
        lateness.save_penalty(directory, book, student)
