"""What editors, tools and hands do to the cells of a notebook, on today's release of any lesson."""

import copy
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.lessons import find_lesson


def released(lesson: str) -> NotebookNode:
    """A lesson as it is handed out."""
    return nbformat.read(find_lesson(lesson).release_notebook, as_version=4)


def answers(lesson: str) -> dict[str, str]:
    """The solution's cell of each exercise and written answer."""
    solution = nbformat.read(find_lesson(lesson).solution_notebook, as_version=4)
    marked = {cell.metadata.get("nbgrader", {}).get("grade_id", "check-"): cell.source for cell in solution.cells}
    return {name: source for name, source in marked.items() if not name.startswith("check-")}


def answered(lesson: str, *exercises: str) -> NotebookNode:
    """The release with some exercises solved; all where none is named."""
    notebook, known = released(lesson), answers(lesson)
    for name in exercises or known:
        find(notebook, name).source = known[name]
    return notebook


def find(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with an nbgrader id, or with an id of its own."""
    return notebook.cells[place_of(notebook, name)]


def place_of(notebook: NotebookNode, name: str) -> int:
    """Where that cell is."""
    cells = enumerate(notebook.cells)
    return next(n for n, cell in cells if name in (cell.metadata.get("nbgrader", {}).get("grade_id"), cell.get("id")))


def cell_of(kind: str, source: str, **more: Any) -> NotebookNode:
    """A cell of the learner's own, of type "code", "markdown" or "raw"."""
    return getattr(nbformat.v4, f"new_{kind}_cell")(source, **more)


def put(notebook: NotebookNode, at: int, source: str, kind: str = "code") -> NotebookNode:
    """Put an own cell at a place, and return it."""
    notebook.cells.insert(at, cell_of(kind, source))
    return notebook.cells[at]


def make(notebook: NotebookNode, name: str, kind: str, source: str | None = None) -> None:
    """Give a cell another type, as one key does in JupyterLab: id and metadata stay."""
    at = place_of(notebook, name)
    old = notebook.cells[at]
    new = cell_of(kind, old.source if source is None else source, id=old.id, metadata=old.metadata)
    notebook.cells[at] = new


def as_in_colab(notebook: NotebookNode) -> NotebookNode:
    """Marks and tags are gone, and no cell has the id that it was given."""
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"colab{number}", NotebookNode(id=f"colab{number}")
    return notebook


def copied(notebook: NotebookNode) -> NotebookNode:
    """Another one of the same content."""
    return copy.deepcopy(notebook)
