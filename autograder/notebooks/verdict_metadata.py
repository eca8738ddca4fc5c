"""What grading notes in the metadata of cells, for the page that goes back. A submission's own notes are dropped."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograder.verdict import Verdict

if TYPE_CHECKING:
    from nbformat import NotebookNode

_KEY = "autograder"


def verdict_note(verdict: Verdict, hints: Sequence[str]) -> dict[str, Any]:
    """Make the metadata that keeps a verdict: of a check cell, or of what a check displays."""
    return {_KEY: {"verdict": verdict.to_data(), "hints": list(hints)}}


def note_verdict(check: "NotebookNode", verdict: Verdict, hints: Sequence[str]) -> None:
    """Note an exercise's verdict on its check cell."""
    check.metadata |= verdict_note(verdict, hints)


def verdict_noted(noted: Mapping[str, Any], exercise: str) -> tuple[Verdict, tuple[str, ...]] | None:
    """Read verdict and hints from metadata of a check of that exercise; None where nothing is noted."""
    match noted.get(_KEY):
        case {"verdict": dict(data), "hints": list(hints)}:
            data = {**data, "exercise": exercise}
        case {"status": str(status), "reason": str(reason), "hints": list(hints)}:  # of version 0.3.0 and before
            data = {"exercise": exercise, "status": status, "title": reason, "case": ""}
        case _:
            return None
    try:
        return Verdict.from_data(data), tuple(map(str, hints))
    except ValueError:
        return None


def note_answer(cell: "NotebookNode", name: str) -> None:
    """Note that a cell is, or may be, part of a written answer whose marks another cell bears."""
    cell.metadata[_KEY] = {"answer": name}


def answer_noted(cell: "NotebookNode") -> str:
    """The written answer that a cell is noted as a part of, else ""."""
    noted = cell.metadata.get(_KEY)
    name = noted.get("answer") if isinstance(noted, dict) else None
    return name if isinstance(name, str) else ""


def note_repairs(cell: "NotebookNode") -> None:
    """Note that a cell tells what was mended."""
    cell.metadata[_KEY] = {"repairs": True}


def tells_repairs(cell: "NotebookNode") -> bool:
    """Whether a cell tells what was mended."""
    noted = cell.metadata.get(_KEY)
    return isinstance(noted, dict) and noted.get("repairs") is True


def drop_notes(cell: "NotebookNode") -> None:
    """Take off what a submission wrote there itself."""
    cell.metadata.pop(_KEY, None)
