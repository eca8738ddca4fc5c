"""Makes a valid notebook of what is nearly one: other editors and hands leave parts that nbformat refuses."""

import re
from collections.abc import Iterable
from typing import Any

import nbformat
from nbformat import NotebookNode

REBUILT = "autograder_rebuilt"  # in a notebook's metadata: parts of the file were left out
MOST_OUTPUTS = 1_000  # of a cell that are kept: each takes a millisecond to look at
_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")
_MAKERS = {
    "code": nbformat.v4.new_code_cell,
    "markdown": nbformat.v4.new_markdown_cell,
    "heading": nbformat.v4.new_markdown_cell,
}


def rebuilt(content: dict[str, Any]) -> NotebookNode:
    """A notebook of nbformat 4 with all texts of cells, and of all else only what is valid.

    Raises:
        ValueError: there is no list of cells, or no cell has a text.
    """
    if not isinstance(content.get("cells"), list):
        raise ValueError("its cells are no list")
    cells = [_cell(cell) for cell in content["cells"] if isinstance(cell, dict)]
    if not any(cell.source for cell in cells):
        raise ValueError("no cell has a text")
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={REBUILT: True})
    known: set[str] = set()
    for cell in cells:
        if cell.id in known:
            cell.id = nbformat.v4.new_code_cell().id
        known.add(cell.id)
    return notebook


def _cell(found: dict[str, Any]) -> NotebookNode:
    kind = found.get("cell_type")
    make = _MAKERS[kind] if isinstance(kind, str) and kind in _MAKERS else nbformat.v4.new_raw_cell
    cell = make(_text(found.get("source")))
    name = found.get("id")
    if isinstance(name, str) and _ID.fullmatch(name):
        cell.id = name
    cell.metadata = _metadata(found.get("metadata"))
    if kind == "code":
        cell.outputs = list(_outputs(found.get("outputs")))
    return cell


def _text(source: Any) -> str:
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))


def _metadata(found: Any) -> NotebookNode:
    """What grading looks at: nbgrader's marks and tags."""
    found = found if isinstance(found, dict) else {}
    tags = found.get("tags")
    kept = {"nbgrader": found["nbgrader"]} if isinstance(found.get("nbgrader"), dict) else {}
    if isinstance(tags, list) and tags:
        kept["tags"] = list(dict.fromkeys(tag for tag in tags if isinstance(tag, str) and tag and "," not in tag))
    return nbformat.from_dict(kept)


def _outputs(found: Any) -> Iterable[NotebookNode]:
    for output in found[:MOST_OUTPUTS] if isinstance(found, list) else ():
        try:
            kept = nbformat.v4.nbjson.rejoin_lines(nbformat.v4.new_notebook(cells=[_holder(output)])).cells[0].outputs
            nbformat.validate(kept[0], ref="output", version=4)
        except Exception:  # anything may stand there
            continue
        yield kept[0]


def _holder(output: Any) -> NotebookNode:
    return nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output)])
