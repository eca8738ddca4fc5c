"""A lesson's notebook as the course hands it out, and what each of its code cells is for."""

from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.checks.registry import checks_of
from autograder.course.lessons import Lesson
from autograder.notebooks.cells import grade_id

KINDS = ("setup", "exercise", "check", "exploration")


@dataclass(frozen=True)
class CourseCell:
    """A code cell of the lesson.

    Attributes:
        kind: one of KINDS.
        slug: the exercise that it poses or checks, else "".
        given: as released: a stub, for an exercise.
    """

    kind: str
    slug: str
    given: NotebookNode

    @property
    def cell_id(self) -> str:
        """Its id in the released notebook."""
        return str(self.given.id)

    @property
    def released(self) -> str:
        """Its source as released."""
        return str(self.given.source)


@dataclass(frozen=True)
class CourseNotebook:
    """A lesson's code cells in order, the name that each exercise defines, and the notebook as it was handed out."""

    lesson: Lesson
    cells: tuple[CourseCell, ...]
    defines: dict[str, str]
    released: NotebookNode

    @property
    def setup(self) -> list[CourseCell]:
        """The setup cells."""
        return [cell for cell in self.cells if cell.kind == "setup"]

    def stub(self, slug: str) -> str:
        """An exercise's cell as released."""
        return next(cell.released for cell in self.cells if (cell.kind, cell.slug) == ("exercise", slug))


def course_notebook(lesson: Lesson, released: NotebookNode) -> CourseNotebook:
    """A lesson's released notebook, whose tags and marks say what each cell is for."""
    cells = tuple(_course_cell(cell) for cell in released.cells if cell.cell_type == "code")
    return CourseNotebook(lesson, cells, {check.slug: check.defines for check in checks_of(lesson.number)}, released)


def _course_cell(given: NotebookNode) -> CourseCell:
    kind = next(tag for tag in given.metadata.tags if tag in KINDS)
    return CourseCell(kind, grade_id(given).removeprefix("check-"), given)
