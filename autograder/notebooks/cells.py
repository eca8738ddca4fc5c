"""What a cell is called and what it defines."""

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode


def grade_id(cell: "NotebookNode") -> str:
    """A cell's nbgrader id, "" where it has none or a damaged one."""
    marks = cell.metadata.get("nbgrader")
    found = marks.get("grade_id") if isinstance(marks, dict) else None
    return found if isinstance(found, str) else ""


def defines_one_of(cell: "NotebookNode", names: list[str]) -> bool:
    """Whether a cell defines a function or class of one of the names, valid Python or not."""
    return any(re.search(rf"^(?:def|class) {name}\b", cell.source, re.MULTILINE) for name in names)


def defined_names(source: str) -> list[str]:
    """The functions and classes that a cell of valid Python defines."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [statement.name for statement in ast.parse(source).body if isinstance(statement, definitions)]
