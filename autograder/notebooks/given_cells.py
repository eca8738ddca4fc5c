"""The cell of an exercise as the course gives it, in each language."""

import json
from functools import cache
from pathlib import Path

from autograder.course.lessons import Lesson
from autograder.languages import ENGLISH, PUBLISHED


@cache
def given_cells(lesson: Lesson, exercise: str) -> tuple[str, ...]:
    """An exercise's cell as released, in English and then in other languages.

    Fewer while the course is built, which executes solutions before it releases them.
    """
    releases = (lesson.release_in(language) for language in (ENGLISH, *PUBLISHED))
    return tuple(_cell(release, exercise) for release in releases if release.is_file())


def _cell(release: Path, exercise: str) -> str:
    cells = json.loads(release.read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == exercise)
