"""Carries a learner's work over to a new version of its lesson; reads and writes no file.

Three notebooks take part: the lesson as it was released when the learner began, what the learner made of it, and the
lesson as it is released now. What differs between the first two is the learner's; it is put into a copy of the third.
"""

import copy
import uuid
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.notebooks.cells import defined_names, defines_one_of, grade_id


@dataclass
class Carried:
    """A new version of a lesson with a learner's work in it.

    Attributes:
        notebook: the new version.
        answers: the exercises and written answers that were carried over.
        changed: those of them that are posed differently now; the new stub stands in a raw cell below.
        own: how many of the learner's own cells, and changes to the course's cells, were carried over.
        lost: what could not be carried over, in words.
    """

    notebook: NotebookNode
    answers: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    own: int = 0
    lost: list[str] = field(default_factory=list)


def carry_over(learners: NotebookNode, begun: NotebookNode, released: NotebookNode) -> Carried:
    """The notebook `released` with everything in `learners` that is not in `begun`, from which the learner began.

    Cells are matched by grade id, then cell id, then text, then the name that an exercise defines.
    """
    result = Carried(copy.deepcopy(released))
    result.notebook.metadata.update(copy.deepcopy(learners.metadata))
    origins = _origins(learners, begun)
    above = None
    for place, cell in enumerate(learners.cells):
        origin = origins.get(place)
        stands = _carry_own(cell, above, result) if origin is None else _carry_change(cell, origin, result)
        above = stands or above
    return result


# What each of the learner's cells came from


def _origins(learners: NotebookNode, begun: NotebookNode) -> dict[int, NotebookNode]:
    """The cell of `begun` that a cell of the learner's came from, by the place of the latter; own cells have none."""
    origins: dict[int, NotebookNode] = {}
    for is_same in (_same_grade_id, _same_id, _same_text, _same_definition):
        taken = {id(origin) for origin in origins.values()}
        for origin in (cell for cell in begun.cells if id(cell) not in taken):
            places = [n for n, cell in enumerate(learners.cells) if n not in origins and is_same(cell, origin)]
            if places:
                origins[_last_changed(places, learners, origin)] = origin
    return origins


def _last_changed(places: list[int], learners: NotebookNode, origin: NotebookNode) -> int:
    """Of several copies of a cell the last that the learner worked on."""
    changed = [place for place in places if learners.cells[place].source != origin.source]
    return (changed or places)[-1]


def _same_grade_id(cell: NotebookNode, origin: NotebookNode) -> bool:
    return grade_id(cell) != "" and grade_id(cell) == grade_id(origin)


def _same_id(cell: NotebookNode, origin: NotebookNode) -> bool:
    return cell.get("id") == origin.id


def _same_text(cell: NotebookNode, origin: NotebookNode) -> bool:
    return cell.cell_type == origin.cell_type and cell.source == origin.source


def _same_definition(cell: NotebookNode, origin: NotebookNode) -> bool:
    is_exercise = _is_answered_by_learners(origin) and origin.cell_type == cell.cell_type == "code"
    return is_exercise and defines_one_of(cell, defined_names(origin.source))


def _is_answered_by_learners(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


# Putting it into the new version


def _carry_change(cell: NotebookNode, origin: NotebookNode, result: Carried) -> NotebookNode | None:
    """Put what a learner changed in a cell of the course into the cell that stands for it now, and return that."""
    now = _find(origin, result.notebook)
    if cell.source == origin.source or (now is not None and cell.source == now.source):
        return now
    if _is_answered_by_learners(origin):
        return _carry_answer(cell, origin, now, result)
    if now is None or now.source != origin.source:
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        result.lost.append(f"your change to a cell of the course that is another now, or gone: {first[:60]!r}")
        return now
    _put_text(cell, now)
    result.own += 1
    return now


def _find(origin: NotebookNode, notebook: NotebookNode) -> NotebookNode | None:
    """The cell of the new version that stands for a cell of the old one."""
    tests = (_same_grade_id, _same_id)
    return next((cell for is_same in tests for cell in notebook.cells if is_same(cell, origin)), None)


def _carry_answer(
    cell: NotebookNode, origin: NotebookNode, now: NotebookNode | None, result: Carried
) -> NotebookNode | None:
    name = grade_id(origin)
    if now is None:
        result.lost.append(f"your answer to {name}, which the lesson no longer asks for")
        return None
    stub = now.source
    _put_text(cell, now)
    result.answers.append(name)
    if stub == origin.source:
        return now
    result.changed.append(name)
    note = f"# {name} as the new version of the lesson poses it; the answer above is yours to the old one."
    return _insert(nbformat.v4.new_raw_cell(f"{note}\n{stub}", metadata={"tags": ["new-stub"]}), now, result)


def _put_text(cell: NotebookNode, now: NotebookNode) -> None:
    now.source = cell.source
    if "attachments" in cell and now.cell_type != "code":  # pictures pasted into a text
        now.attachments = copy.deepcopy(cell.attachments)


def _carry_own(cell: NotebookNode, above: NotebookNode | None, result: Carried) -> NotebookNode:
    """Put a cell of the learner's own below the cell that stands for the one above it, and return it."""
    for now in result.notebook.cells:
        if _same_id(cell, now) and _same_text(cell, now):
            return now  # the new version is there already, for this was cut off before
    own = copy.deepcopy(cell)
    own.metadata.pop("nbgrader", None)  # a copy of an exercise brings its marks, which only one cell may bear
    if own.get("id") in {None, *(now.id for now in result.notebook.cells)}:
        own.id = uuid.uuid4().hex[:8]
    result.own += 1
    return _insert(own, above, result)


def _insert(cell: NotebookNode, above: NotebookNode | None, result: Carried) -> NotebookNode:
    cells = result.notebook.cells
    place = next((place for place, other in enumerate(cells, 1) if other is above), 0)
    cells.insert(place, cell)
    return cell
