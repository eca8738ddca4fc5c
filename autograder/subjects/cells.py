"""Runs the source of notebook cells in a namespace."""

import linecache
from typing import Any

from autograder.subjects.errors import is_learners


def run_cells(cells: list[str], namespace: dict[str, Any]) -> None:
    """Execute cells one after another; tracebacks can show their lines."""
    for number, cell in enumerate(cells, 1):
        name = f"<cell {number}>"
        linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
        exec(compile(cell, name, "exec"), namespace)


def stopped_at(error: BaseException) -> int:
    """The line of a cell's own statement that an error passed first, 0 where it passed none."""
    passed = error.__traceback__
    while passed is not None and not is_learners(passed.tb_frame.f_code.co_filename):
        passed = passed.tb_next
    return 0 if passed is None else passed.tb_lineno
