"""What a notebook says about an exercise, as grading or the executed cells have left it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.notebooks.cells import grade_id
from autograder.notebooks.verdict_metadata import verdict_noted
from autograder.notebooks.written_answers import is_written, waiting
from autograder.status import Status
from autograder.text import one_line, without_file
from autograder.verdict import Verdict
from lessons.toolkit.text import Words, t

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


def printed(cell: "NotebookNode") -> str:
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
    passes = any(line.startswith(f"✓ {exercise}:") for line in printed(check_cell).splitlines())
    return passes and not errors(check_cell)


def verdict_of(notebook: "NotebookNode", exercise: str) -> Verdict:
    """The verdict on an exercise, or on a written answer: what grading noted, else what the executed cells say."""
    for cell in notebook.cells:
        if grade_id(cell) == exercise and is_written(cell):
            known = verdict_noted(cell.metadata, exercise)
            return known[0] if known else waiting(exercise)
    name = f"check-{exercise}"
    check = find_cell(notebook, name)
    if check is None:
        lost = t("the notebook has no cell marked {name}: the check was deleted or lost its metadata", name=name)
        return _without_stage(exercise, Status.MISSING, lost)
    if (noted := verdict_noted(check.metadata, exercise)) is not None:
        return noted[0]
    if has_passed(check):
        return Verdict(exercise, Status.PASSED)
    if (error := _decisive(errors(check))) is None:
        return _without_stage(exercise, Status.FAILED, t("the check printed no result"))
    if error.ename in (*_VERDICTS, NOT_RUN, NO_RESULT):
        displayed = _displayed(check, exercise)
        return displayed[0] if displayed else _without_stage(exercise, _STATUS[error.ename], error.evalue)
    return _of_other_error(exercise, find_cell(notebook, exercise), error)


def _of_other_error(exercise: str, posed: "NotebookNode | None", error: "NotebookNode") -> Verdict:
    """The verdict where a check's cell stopped with an error that is no verdict: the answer's own cell may say why."""
    if posed is None:
        lost = t(
            "the notebook has no cell marked {name}: the answer's cell was deleted or lost its metadata ({error})",
            name=exercise,
            error=_text(error),
        )
        return _without_stage(exercise, Status.MISSING, lost)
    if (cause := _decisive(errors(posed))) is not None:
        status = _STATUS.get(cause.ename, Status.ERROR)
        return replace(_without_stage(exercise, status, t("the answer's own cell failed")), got=_text(cause))
    return _without_stage(exercise, _STATUS.get(error.ename, Status.ERROR), _text(error))


def hints_of(notebook: "NotebookNode", exercise: str) -> tuple[str, ...]:
    """The hints that are kept with the verdict."""
    check = find_cell(notebook, f"check-{exercise}")
    noted = check and (verdict_noted(check.metadata, exercise) or _displayed(check, exercise))
    return noted[1] if noted else ()


def _displayed(check: "NotebookNode", exercise: str) -> tuple[Verdict, tuple[str, ...]] | None:
    """What the check displayed as data beside its card."""
    noted = (verdict_noted(output.get("metadata", {}), exercise) for output in check.get("outputs", ()))
    return next((found for found in noted if found is not None and not found[0].passed), None)


def _without_stage(exercise: str, status: Status, title: Words) -> Verdict:
    return Verdict(exercise, status, title=title, case="")


def _decisive(found: "list[NotebookNode]") -> "NotebookNode | None":
    """The error that says most: an interrupted cell shows the interrupt too."""
    ours = [error for error in found if error.ename in (TIMED_OUT, CRASHED)]
    return next(iter(ours or found), None)


def _text(error: "NotebookNode") -> str:
    if error.ename in (TIMED_OUT, CRASHED):
        return one_line(error.evalue)
    return one_line(without_file(f"{error.ename}: {error.evalue}" if error.evalue else error.ename))
