"""What a folder of `autograder grade` holds of a class: one record for each answer to an exercise."""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import nbformat

from autograder.checks.framework.check import Check
from autograder.checks.registry import checks_of
from autograder.course.lessons import all_lessons
from autograder.errors import GradingError
from autograder.gradebook.executed_checks import find_cell, verdict_of
from autograder.results import journal
from autograder.results.grades import ExerciseResult, read_grades
from autograder.status import Status
from autograder.verdict import Verdict

GRADES = "grades.csv"
NOT_TRIED = (Status.NOT_ATTEMPTED, Status.MISSING, Status.UNREADABLE)


@dataclass(frozen=True)
class Answer:
    """A student's answer to an exercise, as its check found it.

    Attributes:
        student, lesson, exercise: whose and to what.
        verdict: the check's, where a person has given other points too.
        code: its cell.
    """

    student: str
    lesson: str
    exercise: str
    verdict: Verdict
    code: str = ""

    @property
    def status(self) -> Status:
        """How it ended."""
        return self.verdict.status

    @property
    def fresh(self) -> bool:
        """Whether it passed on the inputs that the notebook has and failed on those that it had not seen."""
        return self.verdict.case == "fresh" and not self.passed

    @property
    def seconds(self) -> float | None:
        """Of CPU in its check; None where it was not called, or that was not measured."""
        return self.verdict.seconds if self.verdict.case and self.verdict.seconds else None

    @property
    def tried(self) -> bool:
        """Whether there is an answer that could be judged."""
        return self.status not in NOT_TRIED

    @property
    def passed(self) -> bool:
        """Whether every stage was passed."""
        return self.status == Status.PASSED


def read_answers(root: Path) -> list[Answer]:
    """All answers that count, in the order of the course, then by student.

    Raises:
        GradingError: the folder holds no grades, or they cannot be read; the message says what to do.
    """
    rows = read_grades(root / GRADES)
    if not rows:
        raise GradingError(
            f"{root}: no grades there; name the folder that `autograder grade` wrote ({GRADES} is in it)"
        )
    found = list(_answers(root, rows))
    if not found:
        raise GradingError(f"{root / GRADES}: none of its exercises is in this course")
    return in_order(found)


def without_names(answers: Sequence[Answer]) -> list[Answer]:
    """The same with numbers in place of students: drawn anew each time, so that nothing leads back."""
    students = sorted({answer.student for answer in answers})
    numbers = random.SystemRandom().sample(range(1, len(students) + 1), len(students))
    width = len(str(len(students)))
    names = {student: f"student {number:0{width}}" for student, number in zip(students, numbers, strict=True)}
    return in_order(replace(answer, student=names[answer.student]) for answer in answers)


def in_order(answers: Iterable[Answer]) -> list[Answer]:
    """In the order of the course, then by student: where names are gone, the order does not tell who is who."""
    order = {key: place for place, key in enumerate(_checks())}
    return sorted(answers, key=lambda answer: (order[answer.lesson, answer.exercise], answer.student))


@cache
def _checks() -> dict[tuple[str, str], Check]:
    """The checks of the course by lesson and exercise, in order."""
    return {(lesson.slug, check.slug): check for lesson in all_lessons() for check in checks_of(lesson.number)}


def _answers(root: Path, rows: Iterable[ExerciseResult]) -> Iterator[Answer]:
    entries = _entries(root)
    notebook = lru_cache(maxsize=1)(lambda student, lesson: _notebook(root, student, lesson))  # rows are by student
    for row in rows:
        check = _checks().get((row.lesson, row.exercise))  # None for what a person grades
        if check is None:
            continue
        back = notebook(row.student, row.lesson)
        verdict = _verdict(entries.get((row.student, row.lesson)), row, back)
        cell = find_cell(back, row.exercise)
        yield Answer(row.student, row.lesson, row.exercise, verdict, code=cell.source if cell else "")


def _entries(root: Path) -> dict[tuple[str, str], journal.Entry]:
    try:
        return journal.of_class(root)
    except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
        remedy = "if it is damaged, move it away and grade again"
        raise GradingError(f"{root / journal.FILE}: cannot be read ({error}); {remedy}") from error


def _verdict(entry: journal.Entry | None, row: ExerciseResult, notebook: nbformat.NotebookNode) -> Verdict:
    """The check's verdict: in the journal if it is about this row, else in the notebook that went back."""
    known = entry.verdicts.get(row.exercise) if entry is not None else None
    if known is not None and row.status in (known.status, Status.MANUAL):
        return known
    found = verdict_of(notebook, row.exercise) if notebook.cells else None
    if found is not None and row.status in (found.status, Status.MANUAL):
        return found
    return Verdict(row.exercise, row.status, title=row.reason, case="")


def _notebook(root: Path, student: str, lesson: str) -> nbformat.NotebookNode:
    """The notebook that went back; an empty one where it cannot be read."""
    path = root / "autograded" / student / lesson / f"{lesson}.ipynb"
    try:
        return nbformat.from_dict({"cells": [], **nbformat.v4.reads(path.read_text(encoding="utf-8"))})
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return nbformat.v4.new_notebook()
