"""The lessons of the course, and where their files lie."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import lessons
from autograder.errors import CourseError
from autograder.paths import PACKAGE

_LESSONS = Path(lessons.__file__).parent


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
    for folder in (PACKAGE / "solutions", PACKAGE.parent / "solutions"):
        if folder.is_dir():
            return folder
    raise CourseError(f"no solutions folder in or beside {PACKAGE}: reinstall the course")


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
