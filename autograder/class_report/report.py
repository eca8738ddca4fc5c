"""All that the class report says, and the command that makes it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import course
from autograder.class_report.counts import LessonCount, count_lessons
from autograder.class_report.records import Answer, read_answers, without_names
from autograder.class_report.similar import Pair, similar_pairs
from autograder.class_report.suspects import BestFail, FreshFail, best_fail, fresh_fails
from autograder.grading.results import GradingError

FILE = "report.html"


@dataclass(frozen=True)
class ClassReport:
    """What page and terminal show.

    Attributes:
        course: its name, as course.toml has it.
        students: how many.
        anonymous: whether numbers stand for students; then no page shows what they wrote.
        lessons: the counts.
        best_fail, fresh_fails, pairs: what to look at.
    """

    course: str
    students: int
    anonymous: bool
    lessons: Sequence[LessonCount]
    best_fail: Sequence[BestFail]
    fresh_fails: Sequence[FreshFail]
    pairs: Sequence[Pair]


def report_of(answers: Sequence[Answer], anonymous: bool = False) -> ClassReport:
    """The report on a class; where it is anonymous, names are gone before anything is counted."""
    answers = without_names(answers) if anonymous else answers
    students = len({answer.student for answer in answers})
    name = course.settings()["course"]["name"]
    looked_at = best_fail(answers), fresh_fails(answers), similar_pairs(answers)
    return ClassReport(name, students, anonymous, count_lessons(answers), *looked_at)


def report_command(root: Path, anonymous: bool, to: Path | None) -> int:
    """`autograder report`.

    Raises:
        GradingError: `root` holds no grades, or the page cannot be written.
    """
    from autograder.class_report.page import render
    from autograder.class_report.terminal import show

    report = report_of(read_answers(root), anonymous)
    path = to or root / FILE
    _write(path, render(report))
    show(report)
    print(f"Page: {path}")
    return 0


def _write(path: Path, text: str) -> None:
    """Write it beside its place first, so that a reader never sees half of it."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8", errors="backslashreplace")
        os.replace(new, path)
    except OSError as error:
        raise GradingError(f"{path}: cannot be written ({error.strerror}); give another file with --to") from error
