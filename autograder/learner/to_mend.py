"""Whether code that a learner is to mend is still as the lesson gives it."""

import ast
import json
from contextlib import suppress
from functools import cache
from typing import Any

from autograder.checks.registry import find_check, lesson_number
from autograder.course.lessons import all_lessons
from autograder.course.source import without_magics
from autograder.learner.answer_text import cell_of


def is_as_given(exercise: str, answer: Any) -> bool:
    """Whether the cell that defines an answer is the lesson's own, for an exercise that gives faulty code to mend."""
    if not find_check(exercise).is_repair:
        return False
    cell = cell_of(answer)
    return bool(cell) and _tree(cell) == _tree(_released_cell(exercise))


def _tree(source: str) -> str:
    """What Python sees of a cell: neither comments nor layout."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.dump(ast.parse(without_magics(source)))
    return source


@cache
def _released_cell(exercise: str) -> str:
    """An exercise's cell as released; empty while the course is built, which executes solutions before it releases."""
    number = lesson_number(exercise)
    release = next(lesson for lesson in all_lessons() if lesson.number == number).release_notebook
    if not release.exists():
        return ""
    cells = json.loads(release.read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == exercise)
