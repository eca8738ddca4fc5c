"""Submissions that are the solution which the course publishes: a fact to look at, and no verdict on anybody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from autograder.course.lessons import find_lesson
from autograder.course.source import BEGIN_SOLUTION, END_SOLUTION, read_lesson, without_magics, without_markers
from autograder.reports.class_report.records import Answer


@dataclass(frozen=True)
class Published:
    """Those who handed in a lesson's published solution.

    Attributes:
        lesson: which.
        marked: whether the marks of the course's source are in it; else its text is the solution's in all exercises.
        students: who.
    """

    lesson: str
    marked: bool
    students: tuple[str, ...]


def published(answers: Sequence[Answer]) -> list[Published]:
    """The submissions with the solution's own marks, or its text in all exercises; in the order of the course."""
    codes: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for answer in answers:
        codes[answer.lesson, answer.student][answer.exercise] = answer.code
    found: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for (lesson, student), given in codes.items():
        marked = any(mark in code for code in given.values() for mark in (BEGIN_SOLUTION, END_SOLUTION))
        if marked or {name: _lines(code) for name, code in given.items()} == _solutions(lesson):
            found[lesson, marked].append(student)
    return [Published(lesson, marked, tuple(sorted(students))) for (lesson, marked), students in found.items()]


@cache
def _solutions(lesson: str) -> dict[str, list[str]]:
    exercises = read_lesson(find_lesson(lesson).source).exercises
    return {name: _lines(without_magics(without_markers(cell.source))) for name, cell in exercises.items()}


def _lines(code: str) -> list[str]:
    """The lines of an answer that are not empty; spaces at their ends count for nothing."""
    return [line.rstrip() for line in code.splitlines() if line.strip()]
