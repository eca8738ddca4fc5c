"""The lessons of the course, and where their files lie."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import lessons
from autograder.errors import CourseError
from autograder.languages import ENGLISH
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

    def solution_in(self, language: str) -> Path:
        """The executed solution notebook in a language."""
        found = self.solution_notebook
        return found if language == ENGLISH else solutions_folder() / language / self.slug / found.name

    @property
    def release_notebook(self) -> Path:
        """The notebook that learners get: stubs, no outputs."""
        return self.release_in(ENGLISH)

    def release_in(self, language: str) -> Path:
        """The notebook that learners of a language get."""
        return lessons_in(language) / self.slug / f"{self.slug}.ipynb"


def lessons_folder() -> Path:
    """The folder with the released lessons."""
    return _LESSONS


def lessons_in(language: str) -> Path:
    """The folder with the released lessons of a language."""
    return _LESSONS if language == ENGLISH else _LESSONS / language


def find_solutions() -> Path | None:
    """The folder with the lesson sources, inside the installed package or beside it in a checkout.

    A package for learners has none; there this is None.
    """
    folders = (PACKAGE / "solutions", PACKAGE.parent / "solutions")
    return next((folder for folder in folders if any(folder.glob("[0-9][0-9]_*/*.py"))), None)


def solutions_folder() -> Path:
    """The folder with the lesson sources.

    Raises:
        CourseError: the course is installed as a package for learners.
    """
    if (folder := find_solutions()) is None:
        raise CourseError(f"{PACKAGE} is a package for learners, without solutions: this needs the whole course")
    return folder


@cache
def all_lessons() -> tuple[Lesson, ...]:
    """Every lesson of the course, in order; in a package for learners, those that it was made for."""
    solutions = find_solutions()
    found = solutions.glob("[0-9][0-9]_*/*.py") if solutions else lessons_folder().glob("[0-9][0-9]_*/*.ipynb")
    return tuple(Lesson(path.stem) for path in sorted(found) if path.stem == path.parent.name)


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
