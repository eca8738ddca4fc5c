"""Which written answers a folder of grades has, and what of each is the same for all students."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder.course.lessons import Lesson, all_lessons
from autograder.course.rubrics import Rubric, read_rubric
from autograder.course.source import read_lesson
from autograder.errors import GradingError
from autograder.gradebook import course_root
from autograder.notebooks.cells import grade_id
from autograder.notebooks.written_answers import is_written
from autograder.reports.feedback import sanitize
from autograder.reports.feedback.plain_notebook import parse


@dataclass(frozen=True)
class Question:
    """A written answer that is asked for.

    Attributes:
        lesson, name: the lesson and the answer's nbgrader id.
        asked: the text that asks, in Markdown.
        rubric: how it is graded.
    """

    lesson: str
    name: str
    asked: str
    rubric: Rubric

    @property
    def asked_html(self) -> Markup:
        """The text that asks."""
        return sanitize.markdown(self.asked)

    @property
    def model_html(self) -> Markup:
        """The model answer."""
        return sanitize.markdown(self.rubric.model_answer)


def find_questions(root: Path, lessons: Sequence[str], names: Sequence[str]) -> list[Question]:
    """The written answers of the lessons that were graded into a folder, in the order of the course.

    Args:
        lessons, names: only of these lessons, and only these; all if empty.

    Raises:
        GradingError: the folder is none of `autograder grade`, or there are none.
    """
    if not (root / course_root.CONFIG_FILE).is_file():
        raise GradingError(
            f"{root}: no folder of `autograder grade`; give the one that holds {course_root.CONFIG_FILE}"
        )
    there = [question for lesson in all_lessons() for question in _of_lesson(root, lesson)]
    found = [one for one in there if _is_among(one.lesson, lessons) and _is_among(one.name, names)]
    if not found:
        known = ", ".join(f"{one.name} in {one.lesson}" for one in there) or "none; grade a lesson that asks for one"
        raise GradingError(f"{root}: no such written answer was graded there. There are: {known}")
    return found


def _is_among(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or name in wanted


def _of_lesson(root: Path, lesson: Lesson) -> Iterator[Question]:
    path = course_root.released(root, lesson.slug)
    if not path.is_file():
        return
    cells: list[Any] = parse(path.read_bytes()).cells
    known = read_lesson(lesson.source).written
    for place, cell in enumerate(cells):
        if is_written(cell) and grade_id(cell) in known:
            asked = cells[place - 1].source if place else ""
            yield Question(lesson.slug, grade_id(cell), asked, read_rubric(known[grade_id(cell)].source))
