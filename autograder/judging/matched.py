"""A learner's notebook whose cells have been found: what runs of it, in which order, and what was mended."""

import builtins
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.judging.course_notebook import CourseNotebook
from autograder.notebooks.given_cells import given_cells
from autograder.notebooks.python_names import bound_names, is_same_code, used_names
from lessons.toolkit.text import Text

# What gives a name something without writing it; who finds another way has only hidden an answer from the grader.
_DOORS = re.compile(
    r"import\s*\*|^[^\S\n]*[%!]|\b(exec|eval|compile|globals|locals|vars|setattr|builtins|get_ipython|"
    r"__dict__|__main__|__globals__)\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Placed:
    """A code cell as it is graded.

    Attributes:
        index: its place in the notebook handed in; None for one that was put in.
        kind: one of KINDS, or "own".
        slug: of an exercise or check cell; the id of a setup cell; else "".
        source: what runs, or "" for nothing.
        written: what the learner wrote.
    """

    index: int | None
    kind: str
    slug: str
    source: str
    written: str = ""


@dataclass
class Matched:
    """A submission's cells as they are graded, in order, and what was mended.

    Attributes:
        cells: of the notebook, and setup cells that it lacks.
        notes: what was mended, by exercise; under "" what concerns none.
        defines: the name that each exercise defines.
        release: which release of the lesson it is of, where that is not the grader's.
    """

    cells: list[Placed]
    notes: dict[str, list[Text]] = field(default_factory=dict)
    defines: Mapping[str, str] = field(default_factory=dict)
    release: Text | None = None

    def note(self, slug: str, text: Text) -> None:
        """Add a note, once."""
        if text not in self.notes.setdefault(slug, []):
            self.notes[slug].append(text)

    @property
    def running(self) -> list[Placed]:
        """The cells that run."""
        return [cell for cell in self.cells if cell.source]

    @property
    def answered(self) -> set[str]:
        """The names that the exercises which have a cell of their own define."""
        return {name for slug, name in self.defines.items() if self.of(slug)}

    def of(self, slug: str, kind: str = "exercise") -> list[Placed]:
        """The cells of an exercise that are in the notebook, or those of its check."""
        return [cell for cell in self.cells if (cell.kind, cell.slug) == (kind, slug) and cell.index is not None]


def untouched(found: Matched, course: CourseNotebook) -> set[str]:
    """The exercises that are as they were handed out, and whose names no cell of the learner's can have given anew."""
    given = {cell.released.strip() for cell in course.cells}
    written = "\n".join(cell.source for cell in found.running if cell.source.strip() not in given)
    if _DOORS.search(written):
        return set()
    return {
        slug
        for slug, name in course.defines.items()
        if name not in written and [cell.source.strip() for cell in found.of(slug)] == [course.stub(slug).strip()]
    }


def is_as_given(found: Matched, course: CourseNotebook, slug: str) -> bool:
    """Whether an exercise's cells are as they were handed out, but for comments, and no other cell gives its name."""
    name, stubs = course.defines[slug], (course.stub(slug), *given_cells(course.lesson, slug))
    cells = [cell.source for cell in found.of(slug)]
    others = (cell.source for cell in found.running if (cell.kind, cell.slug) != ("exercise", slug))
    return (
        bool(cells)
        and all(any(is_same_code(cell, stub) for stub in stubs) for cell in cells)
        and not any(name in bound_names(other) for other in others)
    )


def up_to(found: Matched, slug: str) -> list[Placed]:
    """The cells as they stood when the learner checked an exercise: up to its last cell, and all setup."""
    last = max((number for number, cell in enumerate(found.cells) if cell.slug == slug and cell.source), default=-1)
    return [cell for number, cell in enumerate(found.cells) if cell.source and (number <= last or cell.kind == "setup")]


def spoilt_later(found: Matched, slug: str, name: str) -> set[str]:
    """The names that the answer, or what it calls, may use and that a cell below it binds anew."""
    before = up_to(found, slug)
    later = without(found.running, before)
    used = set(vars(builtins)) | {name} | _all(used_names(cell.source) for cell in before)
    return used & _all(bound_names(cell.source) for cell in later)


def without(cells: Iterable[Placed], others: Iterable[Placed]) -> list[Placed]:
    """The cells that are none of the others: the same ones, whatever is written in them."""
    left_out = {id(cell) for cell in others}
    return [cell for cell in cells if id(cell) not in left_out]


def _all(sets: Iterable[frozenset[str]]) -> set[str]:
    return set().union(*sets)
