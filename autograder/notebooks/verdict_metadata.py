"""What grading notes in the metadata of cells, for the page that goes back. A submission's own notes are dropped."""

from typing import TYPE_CHECKING

from autograder.status import STATUSES, Status

if TYPE_CHECKING:
    from nbformat import NotebookNode

_KEY = "autograder"


def note_verdict(check: "NotebookNode", status: Status, reason: str, hints: tuple[str, ...]) -> None:
    """Note an exercise's verdict on its check cell."""
    check.metadata[_KEY] = {"status": status, "reason": reason, "hints": list(hints)}


def verdict_noted(check: "NotebookNode") -> tuple[str, str, tuple[str, ...]] | None:
    """Status, reason and hints as noted on a check cell; None where nothing is."""
    noted = check.metadata.get(_KEY)
    if not isinstance(noted, dict) or noted.get("status") not in STATUSES:
        return None
    return noted["status"], noted["reason"], tuple(noted["hints"])


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
