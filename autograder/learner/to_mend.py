"""Whether code that a learner is to mend is still as the lesson gives it."""

import json
from functools import cache
from typing import Any

from autograder.checks.registry import find_check, lesson_number
from autograder.course.lessons import all_lessons
from autograder.learner.answer_text import cell_of
from autograder.notebooks.python_names import is_same_code


def is_as_given(exercise: str, answer: Any) -> bool:
    """Whether the cell that defines an answer is the lesson's own, for an exercise that gives faulty code to mend."""
    if not find_check(exercise).is_repair:
        return False
    cell = cell_of(answer)
    return bool(cell) and is_same_code(cell, _released_cell(exercise))


@cache
def _released_cell(exercise: str) -> str:
    """An exercise's cell as released; empty while the course is built, which executes solutions before it releases."""
    number = lesson_number(exercise)
    release = next(lesson for lesson in all_lessons() if lesson.number == number).release_notebook
    if not release.exists():
        return ""
    cells = json.loads(release.read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == exercise)
