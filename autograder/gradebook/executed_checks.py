"""What the executed cells of a submission say about an exercise."""

from typing import TYPE_CHECKING

from autograder.notebooks.cells import grade_id
from autograder.notebooks.written_answers import WAITING, is_written
from autograder.status import Status
from autograder.text import one_line, without_file

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Errors that the course's own steps write into a cell.
TIMED_OUT = "CellTimeoutError"
CRASHED = "KernelDied"
NOT_RUN = "CheckNotRun"
NO_RESULT = "NoResult"

_STATUS = {
    "NotAttempted": Status.NOT_ATTEMPTED,
    "CheckFailed": Status.FAILED,
    "AnswerRaised": Status.ERROR,
    TIMED_OUT: Status.TIMEOUT,
    CRASHED: Status.CRASHED,
    NOT_RUN: Status.MISSING,
    NO_RESULT: Status.FAILED,
}
_VERDICTS = ("NotAttempted", "CheckFailed", "AnswerRaised")


def find_cell(notebook: "NotebookNode", grade_id: str) -> "NotebookNode | None":
    """The cell with that nbgrader id, or None."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return cell
    return None


def errors(cell: "NotebookNode") -> "list[NotebookNode]":
    """The errors among a cell's outputs."""
    return [output for output in cell.get("outputs", ()) if output.output_type == "error"]


def told(cell: "NotebookNode") -> str:
    """What a cell printed, or displayed in words, as a check does beside its card."""
    return "".join(_words_of(output) for output in cell.get("outputs", ()))


def _words_of(output: "NotebookNode") -> str:
    if output.output_type == "display_data":
        words = output.data.get("text/plain")
        return f"{words}\n" if isinstance(words, str) else ""
    return output.text if output.get("name") == "stdout" else ""


def has_passed(check_cell: "NotebookNode") -> bool:
    """Whether a check cell ran without error and told of a pass."""
    exercise = check_cell.metadata.nbgrader.grade_id.removeprefix("check-")
    passes = any(line.startswith(f"✓ {exercise}:") for line in told(check_cell).splitlines())
    return passes and not errors(check_cell)


def judge(notebook: "NotebookNode", exercise: str) -> tuple[str, str]:
    """Status and reason of an exercise, or of a written answer, in an executed notebook."""
    if any(is_written(cell) for cell in notebook.cells if grade_id(cell) == exercise):
        return Status.MANUAL, WAITING
    posed, check = find_cell(notebook, exercise), find_cell(notebook, f"check-{exercise}")
    if check is None:
        return (
            Status.MISSING,
            f"the notebook has no cell marked check-{exercise}: the check was deleted or lost its metadata",
        )
    if has_passed(check):
        return Status.PASSED, ""
    found = _decisive(errors(check))
    if found is None:
        return Status.FAILED, "the check printed no result"
    if found.ename in _VERDICTS or found.ename in (NOT_RUN, NO_RESULT):
        return _STATUS[found.ename], one_line(found.evalue)
    if posed is None:
        lost = f"the notebook has no cell marked {exercise}: the answer's cell was deleted or lost its metadata"
        return Status.MISSING, f"{lost} ({one_line(_text(found))})"
    if (cause := _decisive(errors(posed))) is not None:
        return _STATUS.get(cause.ename, Status.ERROR), f"the answer's own cell failed: {one_line(_text(cause))}"
    return _STATUS.get(found.ename, Status.ERROR), one_line(_text(found))


def _decisive(found: "list[NotebookNode]") -> "NotebookNode | None":
    """The error that says most: an interrupted cell shows the interrupt too."""
    ours = [error for error in found if error.ename in (TIMED_OUT, CRASHED)]
    return next(iter(ours or found), None)


def _text(error: "NotebookNode") -> str:
    if error.ename in (TIMED_OUT, CRASHED):
        return error.evalue
    return without_file(f"{error.ename}: {error.evalue}" if error.evalue else error.ename)
