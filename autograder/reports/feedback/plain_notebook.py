"""Reads a notebook that grading wrote, as nbformat reads it, whose loading takes longer than all of a page."""

import json
from typing import Any


class Node(dict[str, Any]):
    """A part of a notebook, whose keys are attributes too."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


EMPTY: Any = Node(cells=[], metadata=Node())


def parse(content: bytes) -> Any:
    """A notebook of nbformat 4; texts that are lists of lines are put together.

    Raises:
        ValueError, AttributeError, TypeError: it is none.
    """
    notebook = json.loads(content, object_hook=Node)
    for cell in notebook.cells:
        _join(cell, "source")
        cell.setdefault("metadata", Node())
        for output in cell.setdefault("outputs", []):
            _join(output, "text")
            for kind in output.get("data", ()):
                _join(output.data, kind)
        for attached in cell.get("attachments", {}).values():
            for kind in attached:
                _join(attached, kind)
    return notebook


def _join(part: Node, name: str) -> None:
    lines = part.get(name)
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        part[name] = "".join(lines)
