"""Below a statement that fails a cell goes on, as long as there is an end to it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.notebooks.python_names import rest_below
from autograder.sandbox import session
from autograder.sandbox.inside.limits import Limits
from autograder.sandbox.session import Cell, Session

LIMITS = Limits()


class Failing:
    """A process in which the first statement of every cell fails."""

    cpu_total = 0.0

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.group = SimpleNamespace(cpu=float)

    def order(self, message: dict[str, Any], seconds: float) -> None:
        self.ran.append(message["cell"])

    def reply(self, seconds: float) -> dict[str, Any]:
        line = next(number for number, text in enumerate(self.ran[-1].split("\n"), 1) if text not in ("", "#"))
        error = {"type": "ValueError", "message": "no", "line": "", "number": 0}
        return {"error": error, "line": line, "output": "x" * LIMITS.output}

    def watch_for(self, seconds: float, end: Callable[[], None]) -> None: ...

    def kill(self) -> None: ...

    def close(self) -> None: ...


@contextmanager
def run(*sources: str, below: Callable[[str, int], str] = rest_below) -> Iterator[tuple[Session, list[str]]]:
    process = Failing()
    cells = [Cell(source, rest_below=below) for source in sources]
    with closing(Session(cells, LIMITS, lambda: process)) as found:  # type: ignore[arg-type,return-value]
        found.run_cells()
        yield found, process.ran


def test_each_statement_runs_once_in_its_own_line():
    with run("a = 1\n\nb = 2\nc = (\n    3)") as (found, ran):
        assert ran == ["a = 1\n\nb = 2\nc = (\n    3)", "#\n#\nb = 2\nc = (\n    3)", "#\n#\n#\nc = (\n    3)"]
        (result,) = found.cell_results
    assert (result.status, result.line, result.went_on) == ("error", 1, True)
    assert len(result.output) == LIMITS.output


def test_so_many_failures_and_no_more_are_passed():
    with run("fails()\n" * 300) as (_, ran):
        assert len(ran) == session.MOST_STOPS


@pytest.mark.parametrize("cells", [1, 20])
def test_what_is_looked_at_outside_has_an_end(cells):
    """A cell of many failing lines would be parsed once for each, cells of many such lines for all."""
    looked_at: list[int] = []

    def below(source: str, line: int) -> str:
        looked_at.append(len(source))
        return source

    size = 2 * session.MOST_BELOW // session.MOST_STOPS // cells
    with run(*(f"fails(){' ' * size}" for _ in range(cells)), below=below) as (found, _):
        assert session.MOST_BELOW - 2 * size < sum(looked_at) <= session.MOST_BELOW
        assert len(found.cell_results) == cells
