"""Written answers: cells that a person grades. nbgrader's marks stay on them, whatever an editor did to them."""

import copy
from typing import TYPE_CHECKING

from autograder.notebooks.cell_matching import Criterion, find_place, same_grade_id, same_id
from autograder.notebooks.cells import grade_id
from autograder.status import Status
from autograder.verdict import Verdict
from lessons.toolkit.text import t

if TYPE_CHECKING:
    from nbformat import NotebookNode

WAITING = t("waits to be graded by hand")


def is_written(cell: "NotebookNode") -> bool:
    """Whether a released cell is graded by hand: a free answer, or what nbgrader calls a task."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("task") or (marks.get("grade") and marks.get("solution")))


def place_written(notebook: "NotebookNode", released: "NotebookNode") -> "list[NotebookNode]":
    """Give the notebook's written answers the release's marks, one cell each; one that is gone is put in, empty.

    Returns:
        Those cells.
    """
    return [_placed(notebook, cell) for cell in released.cells if is_written(cell)]


def _placed(notebook: "NotebookNode", given: "NotebookNode") -> "NotebookNode":
    place = find_place(given, notebook.cells, (_of_its_kind(same_grade_id), _of_its_kind(same_id)))
    answer = None if place is None else notebook.cells[place]
    if answer is None:
        answer = copy.deepcopy(given)
        answer.source = ""
        notebook.cells.append(answer)
    for cell in notebook.cells:
        if same_grade_id(cell, given):
            cell.metadata.pop("nbgrader", None)
    answer.metadata.nbgrader = copy.deepcopy(given.metadata.nbgrader)
    return answer


def _of_its_kind(is_same: Criterion) -> Criterion:
    return lambda cell, known: cell.cell_type == known.cell_type and is_same(cell, known)


def verdicts(notebook: "NotebookNode", released: "NotebookNode") -> dict[str, Verdict]:
    """The verdict on each written answer in a notebook with its marks; "not_attempted" where it is as given."""
    given = {grade_id(cell): cell.source.strip() for cell in released.cells if is_written(cell)}
    answers = {grade_id(cell): cell.source.strip() for cell in notebook.cells}
    idle = {name for name, source in given.items() if answers.get(name, "") in ("", source)}
    return {name: Verdict(name, Status.NOT_ATTEMPTED, case="") if name in idle else waiting(name) for name in given}


def waiting(name: str) -> Verdict:
    """The verdict on a written answer that a person is to read."""
    return Verdict(name, Status.MANUAL, title=WAITING, case="")
