"""Runs in this process what grading would run of a notebook, as far as that can be: in a folder without other files,
without the lessons that grading hides, with what a cell writes there at hand, and with no debugger.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from autograder.course.lessons import Lesson, all_lessons
from autograder.course.source import without_magics
from autograder.notebooks.python_names import rest_below

if TYPE_CHECKING:
    from autograder.judging.matched import Matched, Placed

OnBegin = Callable[[int, "Placed"], None]
_WRITE = re.compile(
    r"\s*%%(?:writefile|file)[ \t]+(?P<append>-a[ \t]+|--append[ \t]+)?(?P<name>[^\n]+)\n(?P<text>.*)", re.DOTALL
)


@contextmanager
def as_in_grading(lesson: Lesson) -> Iterator[None]:
    """Make this process like the one in which a lesson's submissions are graded; afterwards it is as before."""
    from autograder.subjects.debuggers import debuggers_off

    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="autograder-check-"))
        stack.callback(os.chdir, os.getcwd())
        os.chdir(folder)
        stack.enter_context(_imports(Path(folder).resolve(), lesson))
        stack.enter_context(debuggers_off())
        yield


@contextmanager
def _imports(folder: Path, lesson: Lesson) -> Iterator[None]:
    """Modules come from the folder too, and no solution of this lesson's or of a later one."""
    hidden = [f"lessons.earlier.lesson_{one.number}" for one in all_lessons() if one.number >= lesson.number]
    kept, path = {name: sys.modules.get(name) for name in hidden}, list(sys.path)
    nothing: Any = dict.fromkeys(hidden)  # None for a module: it cannot be imported
    sys.modules.update(nothing)
    sys.path.insert(0, "")
    try:
        yield
    finally:
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            if name in hidden or str(getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}"):
                del sys.modules[name]
        sys.modules.update({name: module for name, module in kept.items() if module is not None})


def run_all(
    found: "Matched", cells: list["Placed"], namespace: dict[str, Any], on_begin: OnBegin = lambda number, cell: None
) -> Iterator[tuple["Placed", BaseException]]:
    """Run cells in turn, and once more those that lacked a name; then those that stopped, and why.

    A cell that fails goes on below what failed.

    Args:
        found: the notebook's cells.
        cells: those of them that run.
        namespace: where they leave what they define.
        on_begin: called with a cell's number and the cell before it runs.
    """
    numbers = {id(cell): number for number, cell in enumerate(found.running)}
    stopped: dict[int, BaseException] = {}
    for again in (False, True):
        for cell in cells:
            number = numbers[id(cell)]
            if not again or isinstance(stopped.get(number), NameError):
                stopped.pop(number, None)
                on_begin(number, cell)
                if (error := _run(cell, number, found, namespace)) is not None:
                    stopped[number] = error
    yield from ((found.running[number], error) for number, error in sorted(stopped.items()))


def _run(cell: "Placed", number: int, found: "Matched", namespace: dict[str, Any]) -> BaseException | None:
    """Run a cell, and what stands below each statement that fails; the first error."""
    from autograder.subjects.cells import stopped_at

    answers = found.answered if cell.kind == "own" else ()
    source, first, last = cell.source, None, 0
    while source:
        error = _run_once(source, f"<cell {number + 1}>", namespace)
        first = first or error
        line = 0 if error is None else stopped_at(error)
        source = rest_below(source, line, answers) if line > last else ""
        last = line
    return first


def _run_once(source: str, name: str, namespace: dict[str, Any]) -> BaseException | None:
    from autograder.subjects.cells import run_cell

    try:
        if written := _WRITE.fullmatch(source):
            _write(written)
        else:
            run_cell(without_magics(source), name, namespace)
    except (Exception, SystemExit) as error:
        return error
    return None


def _write(found: re.Match[str]) -> None:
    """Write a file as IPython would, in the folder or below it.

    Raises:
        FileNotFoundError: it belongs elsewhere, where grading could not write it either.
    """
    name = found["name"].strip().strip("\"'")
    path = Path(os.getcwd(), os.path.expanduser(name)).resolve()
    if not path.is_relative_to(Path.cwd().resolve()):
        raise FileNotFoundError(f"{name} is outside the notebook's folder")
    with path.open("a" if found["append"] else "w", encoding="utf-8") as file:
        file.write(f"{found['text']}\n")
