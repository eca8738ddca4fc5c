"""Tells of extensions in course.toml that nobody has made use of: the student's name may be misspelt."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from autograder.course import settings
from autograder.grading.judge import Job


def unused_extensions(jobs: Sequence[Job], wanted: Collection[str]) -> Iterator[str]:
    """A line for each student who has more time for one of the lessons `wanted` and has handed nothing in for it."""
    handed_in = {(unicodedata.normalize("NFC", job.student), job.lesson) for job in jobs}
    students = {student for student, _ in handed_in if student}
    for student, dates in settings.in_force()["extensions"].items():
        lessons = [lesson for lesson in dates if lesson in wanted and (student, lesson) not in handed_in]
        if lessons:
            told = f"nothing was handed in for {', '.join(lessons)}{_meant(student, students)}"
            yield f"Extension of {student} in course.toml: {told}"


def _meant(student: str, students: Collection[str]) -> str:
    close = get_close_matches(student, students, 1) if student not in students else []
    return f"; did you mean {close[0]}?" if close else "."
