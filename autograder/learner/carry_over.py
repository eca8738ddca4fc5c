"""Carries a learner's work over to a new version of its lesson; reads and writes no file.

Three notebooks take part: the lesson as it was released when the learner began, what the learner made of it, and the
lesson as it is released now. What differs between the first two is the learner's; it is put into a copy of the third.
"""

import copy
import uuid
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.notebooks.cell_matching import (
    MARKS,
    find_known,
    find_origins,
    is_answered_by_learners,
    same_id,
    same_text,
)
from autograder.notebooks.cells import grade_id
from autograder.notebooks.python_names import is_same_but_for_texts
from autograder.notebooks.spoken import language_told
from lessons.toolkit.text import said


@dataclass
class Carried:
    """A new version of a lesson with a learner's work in it.

    Attributes:
        notebook: the new version.
        answers: the exercises and written answers that were carried over.
        changed: those of them that are posed differently now; the new stub stands in a raw cell below.
        own: how many of the learner's own cells, and changes to the course's cells, were carried over.
        lost: what could not be carried over, in words.
        translates: whether the new version is in another language.
    """

    notebook: NotebookNode
    answers: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    own: int = 0
    lost: list[str] = field(default_factory=list)
    translates: bool = False


def carry_over(learners: NotebookNode, begun: NotebookNode, released: NotebookNode) -> Carried:
    """The notebook `released` with everything in `learners` that is not in `begun`, from which the learner began.

    Cells are matched as `cell_matching` does.
    """
    languages = [language_told(one) for one in (begun, released)]
    result = Carried(copy.deepcopy(released), translates=languages[0] != languages[1])
    own = {name: value for name, value in learners.metadata.items() if name != "autograder"}  # its language
    result.notebook.metadata.update(copy.deepcopy(own))
    origins = find_origins(learners.cells, begun.cells)
    above = None
    for place, cell in enumerate(learners.cells):
        origin = origins.get(place)
        stands = _carry_own(cell, above, result) if origin is None else _carry_change(cell, origin, result)
        above = stands or above
    return result


# Putting it into the new version


def _carry_change(cell: NotebookNode, origin: NotebookNode, result: Carried) -> NotebookNode | None:
    """Put what a learner changed in a cell of the course into the cell that stands for it now, and return that."""
    now = find_known(origin, result.notebook.cells, MARKS)
    if cell.source == origin.source or (now is not None and cell.source == now.source):
        return now
    if is_answered_by_learners(origin):
        return _carry_answer(cell, origin, now, result)
    if now is None or not _is_as_before(now, origin, result):
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        result.lost.append(
            said("your change to a cell of the course that is another now, or gone: {begins}", begins=repr(first[:60]))
        )
        return now
    _put_text(cell, now)
    result.own += 1
    return now


def _carry_answer(
    cell: NotebookNode, origin: NotebookNode, now: NotebookNode | None, result: Carried
) -> NotebookNode | None:
    name = grade_id(origin)
    if now is None:
        result.lost.append(said("your answer to {name}, which the lesson no longer asks for", name=name))
        return None
    stub, is_same = now.source, _is_as_before(now, origin, result)
    _put_text(cell, now)
    result.answers.append(name)
    if is_same:
        return now
    result.changed.append(name)
    note = said(
        "{name} as the new version of the lesson poses it; the answer above is yours to the old one.", name=name
    )
    return _insert(nbformat.v4.new_raw_cell(f"# {note}\n{stub}", metadata={"tags": ["new-stub"]}), now, result)


def _is_as_before(now: NotebookNode, origin: NotebookNode, result: Carried) -> bool:
    """Whether a cell of the course is the one that the learner began from, but for its language."""
    if now.source == origin.source:
        return True
    return result.translates and (now.cell_type != "code" or is_same_but_for_texts(now.source, origin.source))


def _put_text(cell: NotebookNode, now: NotebookNode) -> None:
    now.source = cell.source
    if "attachments" in cell and now.cell_type != "code":  # pictures pasted into a text
        now.attachments = copy.deepcopy(cell.attachments)


def _carry_own(cell: NotebookNode, above: NotebookNode | None, result: Carried) -> NotebookNode:
    """Put a cell of the learner's own below the cell that stands for the one above it, and return it."""
    for now in result.notebook.cells:
        if same_id(cell, now) and same_text(cell, now):
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
