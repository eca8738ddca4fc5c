"""Which cell of a lesson a cell is, whatever an editor did to it; `grade`, `check`, `reset` and `start` all ask here.

Cells are matched by grade id, else by cell id, else by their text, else, for an exercise, by the name that they define.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from autograder.notebooks.cells import defined_names, defines_one_of, grade_id

if TYPE_CHECKING:
    from nbformat import NotebookNode

Criterion: TypeAlias = "Callable[[NotebookNode, NotebookNode], bool]"  # of a cell and one of the lesson's


def same_grade_id(cell: NotebookNode, known: NotebookNode) -> bool:
    """Whether nbgrader's marks are those of the lesson's cell."""
    return (name := grade_id(cell)) != "" and name == grade_id(known)


def same_id(cell: NotebookNode, known: NotebookNode) -> bool:
    """Whether the cell's own id is."""
    return cell.get("id") is not None and cell.get("id") == known.get("id")


def is_marked_as(cell: NotebookNode, known: NotebookNode) -> bool:
    """Whether either mark says that the cell is the lesson's."""
    return same_grade_id(cell, known) or same_id(cell, known)


def same_text(cell: NotebookNode, known: NotebookNode) -> bool:
    """Whether it is as it was handed out."""
    return bool(cell.cell_type == known.cell_type and cell.source == known.source)


def same_definition(cell: NotebookNode, known: NotebookNode) -> bool:
    """Whether it defines what an exercise's cell is to define."""
    is_exercise = is_answered_by_learners(known) and known.cell_type == cell.cell_type == "code"
    return is_exercise and defines_one_of(cell, defined_names(known.source))


MARKS: tuple[Criterion, ...] = (same_grade_id, same_id)
UNCHANGED: tuple[Criterion, ...] = (*MARKS, same_text)
ALL: tuple[Criterion, ...] = (*UNCHANGED, same_definition)


def is_answered_by_learners(cell: NotebookNode) -> bool:
    """Whether a released cell poses an exercise or a written answer."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def find_known(
    cell: NotebookNode, known: Iterable[NotebookNode], criteria: Iterable[Criterion] = UNCHANGED
) -> NotebookNode | None:
    """Find the cell of the lesson that a cell is, by the first criterion that any of them meets."""
    known = list(known)
    return next((one for is_same in criteria for one in known if is_same(cell, one)), None)


def find_place(known: NotebookNode, cells: Sequence[NotebookNode], criteria: Iterable[Criterion] = ALL) -> int | None:
    """Find where a cell of the lesson is; of several copies the last one that was worked on."""
    for is_same in criteria:
        places = [place for place, cell in enumerate(cells) if is_same(cell, known)]
        if places:
            return _last_changed(places, cells, known)
    return None


def find_origins(cells: Sequence[NotebookNode], known: Sequence[NotebookNode]) -> dict[int, NotebookNode]:
    """Find the lesson's cell that each cell came from, by the latter's place; a learner's own cells have none.

    A cell of the lesson is the origin of one cell at most: of several copies, of the last one that was worked on.
    """
    origins: dict[int, NotebookNode] = {}
    for is_same in ALL:
        taken = {id(origin) for origin in origins.values()}
        for origin in (cell for cell in known if id(cell) not in taken):
            places = [place for place, cell in enumerate(cells) if place not in origins and is_same(cell, origin)]
            if places:
                origins[_last_changed(places, cells, origin)] = origin
    return origins


def _last_changed(places: list[int], cells: Sequence[NotebookNode], known: NotebookNode) -> int:
    changed = [place for place in places if cells[place].source not in ("", known.source)]
    return (changed or places)[-1]


def find_lesson_of(stem: str, notebook: NotebookNode, exercises: Mapping[str, Collection[str]]) -> str | None:
    """Find the lesson of a notebook: that of its file's name, else the one with most exercises in common.

    Args:
        stem: the file's name without its ending; learners rename their copies.
        exercises: the grade ids of each lesson.
    """
    if stem in exercises:
        return stem
    names = {grade_id(cell) for cell in notebook.cells} - {""}
    shared = {lesson: len(names & set(known)) for lesson, known in exercises.items()}
    best = max(shared, key=lambda lesson: shared[lesson], default=None)
    return best if best is not None and shared[best] else None
