"""The cell of an exercise as the course gives it, in each language."""

import json
from functools import cache
from pathlib import Path

from autograder.checks.registry import lesson_number
from autograder.course.lessons import all_lessons
from autograder.languages import ENGLISH, PUBLISHED


@cache
def given_cells(exercise: str) -> tuple[str, ...]:
    """An exercise's cell as released, in English and then in other languages.

    Fewer while the course is built, which executes solutions before it releases them.
    """
    number = lesson_number(exercise)
    lesson = next(lesson for lesson in all_lessons() if lesson.number == number)
    releases = (lesson.release_in(language) for language in (ENGLISH, *PUBLISHED))
    return tuple(_cell(release, exercise) for release in releases if release.is_file())


def _cell(release: Path, exercise: str) -> str:
    cells = json.loads(release.read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == exercise)
