"""What a cell is called and what it defines."""

import ast
import re
from typing import TYPE_CHECKING

from lessons.toolkit.text import Text, t

if TYPE_CHECKING:
    from nbformat import NotebookNode

LONGEST_LINE = 60  # characters of a cell's first line


def grade_id(cell: "NotebookNode") -> str:
    """A cell's nbgrader id, "" where it has none or a damaged one."""
    marks = cell["metadata"].get("nbgrader")  # not as an attribute, which takes many times as long: all ask this
    found = marks.get("grade_id") if isinstance(marks, dict) else None
    return found if isinstance(found, str) else ""


def defines_one_of(cell: "NotebookNode", names: list[str]) -> bool:
    """Whether a cell defines a function or class of one of the names, valid Python or not."""
    return has_definition(cell.source, *names)


def has_definition(source: str, *names: str) -> bool:
    """Whether a text defines a function or class so named at the beginning of a line, valid Python or not."""
    one_of = rf"^(?:def|class) (?:{'|'.join(names)})\b"
    return bool(names) and re.search(one_of, source, re.MULTILINE) is not None


def defined_names(source: str) -> list[str]:
    """The functions and classes that a cell of valid Python defines."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [statement.name for statement in ast.parse(source).body if isinstance(statement, definitions)]


def first_line(source: str) -> str:
    """The first line of a cell that is not empty, cut: what a person finds it by."""
    lines = (line.strip() for line in source.splitlines())
    line = "".join(c if c.isprintable() else "�" for c in next(filter(None, lines), ""))
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def cell_words(index: int, source: str) -> Text:
    """What a cell of a notebook is called for whoever handed it in: its number there, and its first line."""
    return t("cell {number} ({line})", number=index + 1, line=first_line(source))
