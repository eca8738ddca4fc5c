"""A lesson's notebook as the course has it: each code cell as released, and as the reference solves it."""

from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.checks.registry import checks_of
from autograder.course.lessons import Lesson
from autograder.course.source import read_lesson, without_markers

KINDS = ("setup", "exercise", "check", "exploration")


@dataclass(frozen=True)
class CourseCell:
    """A code cell of the lesson.

    Attributes:
        kind: one of KINDS.
        slug: the exercise that it poses or checks, else "".
        given: as released: a stub, for an exercise.
        solved: its source in the reference.
    """

    kind: str
    slug: str
    given: NotebookNode
    solved: str

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
    """A lesson's code cells in order, and the name that each exercise defines."""

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
    """A lesson's source beside its released notebook."""
    code = [cell for cell in released.cells if cell.cell_type == "code"]
    cells = tuple(
        CourseCell(cell.kind, cell.slug or "", given, without_markers(cell.source))
        for cell, given in zip(read_lesson(lesson.source).code_cells, code, strict=True)
    )
    return CourseNotebook(cells, {check.slug: check.defines for check in checks_of(lesson.number)}, released)
