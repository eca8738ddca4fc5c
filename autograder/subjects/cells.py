"""Runs the source of notebook cells in a namespace."""

import linecache
from typing import Any


def run_cells(cells: list[str], namespace: dict[str, Any]) -> None:
    """Execute cells one after another; tracebacks can show their lines."""
    for number, cell in enumerate(cells, 1):
        name = f"<cell {number}>"
        linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
        exec(compile(cell, name, "exec"), namespace)
