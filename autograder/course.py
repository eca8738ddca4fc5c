"""The course as the grader sees it: its lessons, where their files lie, and what `course.toml` sets."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import autograder
import lessons
from autograder.errors import CourseError

_LESSONS = Path(lessons.__file__).parent
_AUTOGRADER = Path(autograder.__file__).parent


@dataclass(frozen=True)
class Lesson:
    """One lesson, by its slug such as `01_seq2seq`, and the paths of its files."""

    slug: str

    @property
    def number(self) -> str:
        """`"01"` of `01_seq2seq`."""
        return self.slug.split("_", 1)[0]

    @property
    def source(self) -> Path:
        """The percent-format source, the only text of the lesson that is edited by hand."""
        return solutions_folder() / self.slug / f"{self.slug}.py"

    @property
    def solution_notebook(self) -> Path:
        """The executed solution notebook."""
        return self.source.with_suffix(".ipynb")

    @property
    def release_notebook(self) -> Path:
        """The notebook that learners get: stubs, no outputs."""
        return lessons_folder() / self.slug / f"{self.slug}.ipynb"


def lessons_folder() -> Path:
    """The folder with the released lessons."""
    return _LESSONS


def solutions_folder() -> Path:
    """The folder with the lesson sources: inside the installed package, else beside it in a checkout."""
    for folder in (_AUTOGRADER / "solutions", _AUTOGRADER.parent / "solutions"):
        if folder.is_dir():
            return folder
    raise CourseError(f"no solutions folder in or beside {_AUTOGRADER}: reinstall the course")


@cache
def all_lessons() -> tuple[Lesson, ...]:
    """Every lesson of the course, in order."""
    sources = sorted(solutions_folder().glob("[0-9][0-9]_*/*.py"))
    return tuple(Lesson(path.stem) for path in sources if path.stem == path.parent.name)


def find_lesson(slug: str) -> Lesson:
    """The lesson with that slug.

    Raises:
        CourseError: there is no such lesson; the message lists those there are.
    """
    for lesson in all_lessons():
        if lesson.slug == slug:
            return lesson
    known = ", ".join(lesson.slug for lesson in all_lessons())
    raise CourseError(f"there is no lesson {slug!r}; the course has {known}")


SETTINGS_VARIABLE = "AUTOGRADER_COURSE"


def settings_file() -> Path:
    """The `course.toml` in force: the one that the environment variable AUTOGRADER_COURSE names, else the course's."""
    return Path(os.environ.get(SETTINGS_VARIABLE) or _AUTOGRADER / "course.toml")


def settings() -> dict:
    """What `course.toml` says, as nested dicts, with defaults filled in; see `autograder.course_settings`.

    Raises:
        CourseError: the file cannot be read, or something in it is not allowed; the message names the line.
    """
    path = settings_file()
    try:
        return _settings(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from error


@cache
def _settings(path: Path, changed: int) -> dict:
    from autograder.course_settings import read_settings

    return read_settings(path)


def points(lesson: str, exercise: str) -> float:
    """How many points an exercise, or a written answer, is worth."""
    table = settings()["points"]
    return table.get(lesson, {}).get(exercise, table["default"])


def due(lesson: str) -> datetime | None:
    """When a lesson is due, with its time zone; None where course.toml names no date."""
    return settings()["due"].get(lesson)
