"""Runs the source of notebook cells in a namespace."""

import io
import linecache
from typing import Any


def run_cells(cells: list[str], namespace: dict[str, Any]) -> None:
    """Execute cells one after another; tracebacks can show their lines."""
    for number, cell in enumerate(cells, 1):
        run_cell(cell, f"<cell {number}>", namespace)


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
