"""Runs the source of notebook cells in a namespace."""

import io
import linecache
from typing import Any

from autograder.subjects.errors import is_learners


def run_cells(cells: list[str], namespace: dict[str, Any]) -> None:
    """Execute cells one after another; tracebacks can show their lines."""
    for number, cell in enumerate(cells, 1):
        run_cell(cell, f"<cell {number}>", namespace)


def stopped_at(error: BaseException) -> int:
    """The line of a cell's own statement that an error passed first, 0 where it passed none."""
    passed = error.__traceback__
    while passed is not None and not is_learners(passed.tb_frame.f_code.co_filename):
        passed = passed.tb_next
    return 0 if passed is None else passed.tb_lineno


def run_cell(source: str, name: str, namespace: dict[str, Any]) -> None:
    """Execute a cell; tracebacks can show its lines.

    Args:
        source: the cell.
        name: what stands for a file's name; no other cell's, or that one's lines would be shown.
        namespace: what it finds, and where it leaves what it defines.
    """
    lines = io.StringIO(source, newline=None).readlines()  # lines as Python counts them: no form feed ends one
    linecache.cache[name] = (len(source), None, lines, name)
    exec(compile(source, name, "exec"), namespace)
