"""Code cells of the course that one key has made Markdown or raw text, and that are to run all the same."""

import re
from collections.abc import Iterator, Mapping, Sequence

import nbformat
from nbformat import NotebookNode

from autograder.judging.course_notebook import CourseCell, CourseNotebook
from autograder.notebooks.cell_matching import is_marked_as
from autograder.notebooks.cells import defines_one_of
from autograder.notebooks.python_names import bound_names

KEPT = ("kept-answer", "new-stub")  # tags of raw cells in which the course's own commands keep what is not to run
_FENCED = re.compile(r"\s*(```+|~~~+)[^\n`]*\n(?P<code>.*?)\n?\s*\1\s*", re.DOTALL)


def with_cells_turned_back(notebook: NotebookNode, course: CourseNotebook) -> list[NotebookNode]:
    """The cells of a notebook, those that were code of the course's as code again; the notebook stays as it is.

    Of the cells of an exercise, one that is still code and was worked on counts; what is text beside it is a note.
    """
    texts = {place: cell for place, cell in enumerate(notebook.cells) if _may_have_been_code(cell)}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = list(notebook.cells)
    for known in course.cells:
        if known.kind != "exploration":
            for place in _turned(known, texts, code, course.defines):
                cells[place] = as_code(cells[place], _code_in(cells[place]))
    return cells


def _may_have_been_code(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", ())
    return cell.cell_type != "code" and not (isinstance(tags, list | tuple) and set(KEPT) & {*map(str, tags)})


def _turned(
    known: CourseCell, texts: Mapping[int, NotebookNode], code: Sequence[NotebookNode], defines: Mapping[str, str]
) -> Iterator[int]:
    """The place of the text that was one of the course's cells, if there is one."""
    marked = [cell for cell in code if is_marked_as(cell, known.given)]
    if any(known.kind != "exercise" or cell.source.strip() != known.released.strip() for cell in marked):
        return
    places = [place for place, cell in texts.items() if is_marked_as(cell, known.given)]
    worked_on = [place for place in places if _code_in(texts[place]).strip() not in ("", known.released.strip())]
    if worked_on or (places and not marked):
        yield (worked_on or places)[-1]
    elif known.kind == "exercise" and not marked:
        yield from _unmarked(defines[known.slug], texts, code)


def _unmarked(name: str, texts: Mapping[int, NotebookNode], code: Sequence[NotebookNode]) -> Iterator[int]:
    """The last text that is Python and defines a name, where no code does."""
    if not any(defines_one_of(cell, [name]) for cell in code):
        found = [place for place, cell in texts.items() if defines_one_of(cell, [name])]
        yield from [place for place in found if name in bound_names(_code_in(texts[place]))][-1:]


def _code_in(cell: NotebookNode) -> str:
    """What a cell of text holds; of a fenced block, what is in it."""
    fenced = _FENCED.fullmatch(cell.source)
    return fenced["code"] if fenced else str(cell.source)


def as_code(cell: NotebookNode, source: str) -> NotebookNode:
    """A cell of text as code."""
    turned: NotebookNode = nbformat.v4.new_code_cell(source, id=cell.id, metadata=cell.metadata)
    return turned
