"""Puts an exercise of a learner's notebook back to its stub, and keeps the answer."""

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.files import write_whole
from autograder.languages import ENGLISH
from autograder.learner.own_notebooks import LearnerError, read_notebook, released_notebooks
from autograder.notebooks.cell_matching import (
    find_lesson_of,
    find_place,
    is_answered_by_learners,
    same_definition,
    same_grade_id,
    same_id,
)
from autograder.notebooks.cells import grade_id
from autograder.notebooks.spoken import language_told
from lessons.toolkit.text import said

if TYPE_CHECKING:
    from nbformat import NotebookNode


def reset(notebook: Path, exercise: str, lessons: Path | None = None) -> bool:
    """Put an exercise of a learner's notebook back to its stub, the old answer kept in a raw cell below it.

    A raw cell shows the answer letter for letter and can neither run nor be graded; commented-out code would
    have to be edited line by line to be used again.

    Returns:
        False when the exercise is its stub already, and nothing was changed.

    Raises:
        LearnerError: the notebook cannot be read or is none of the course's, or it has no such exercise.
    """
    learners = read_notebook(notebook)
    released = _matching_release(notebook, learners, released_notebooks(lessons, language_told(learners) or ENGLISH))
    stub = _stub_of(released, exercise, notebook)
    index = find_place(stub, learners.cells, (same_grade_id, same_id, same_definition))
    old = None if index is None else learners.cells[index].source
    if old == stub.source:
        return False
    position = _insertion_point(learners, exercise) if index is None else index
    kept = [] if old is None else [_kept_answer(exercise, old)]
    learners.cells[position : position + (index is not None)] = [stub, *kept]
    _forget_verdict(learners, exercise)
    _save(notebook, learners)
    return True


def _matching_release(path: Path, learners: "NotebookNode", released: list[Path]) -> "NotebookNode":
    """The lesson that the notebook is a copy of, as it was released."""
    notebooks = {candidate.stem: read_notebook(candidate) for candidate in released}
    lesson = find_lesson_of(path.stem, learners, {stem: _exercises(one) for stem, one in notebooks.items()})
    if lesson is None:
        known = ", ".join(notebooks)
        words = {"path": str(path), "lessons": known}
        raise LearnerError(said("{path} is none of the course's lessons ({lessons}); name your copy of one", **words))
    return notebooks[lesson]


def _exercises(released: "NotebookNode") -> "dict[str, NotebookNode]":
    posed = [cell for cell in released.cells if is_answered_by_learners(cell) and cell.cell_type == "code"]
    return {grade_id(cell): cell for cell in posed}


def _stub_of(released: "NotebookNode", exercise: str, path: Path) -> "NotebookNode":
    exercises = _exercises(released)
    if exercise not in exercises:
        known = ", ".join(exercises) or "none"
        words = {"path": str(path), "exercise": repr(exercise), "exercises": known}
        raise LearnerError(said("{path} has no exercise {exercise}; its exercises are {exercises}", **words))
    return exercises[exercise]


def _insertion_point(learners: "NotebookNode", exercise: str) -> int:
    """Where to put an exercise whose cell was deleted: above its check, else at the end."""
    checks = [index for index, cell in enumerate(learners.cells) if grade_id(cell) == f"check-{exercise}"]
    return checks[0] if checks else len(learners.cells)


def _forget_verdict(learners: "NotebookNode", exercise: str) -> None:
    """What the check said of the old answer is not true of the stub."""
    for cell in learners.cells:
        if cell.cell_type == "code" and grade_id(cell) == f"check-{exercise}":
            cell.outputs, cell.execution_count = [], None


def _kept_answer(exercise: str, answer: str) -> "NotebookNode":
    from nbformat.v4 import new_raw_cell

    note = said(
        'Your answer to {exercise} before "autograder reset". It does not run in this raw cell.', exercise=exercise
    )
    return new_raw_cell(f"# {note}\n{answer}", metadata={"tags": ["kept-answer"]})


def _save(path: Path, notebook: "NotebookNode") -> None:
    from nbformat import writes

    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):  # cells of older notebooks have no id
        for cell in notebook.cells:
            cell.pop("id", None)
    try:
        write_whole(path, f"{writes(notebook)}\n".encode())
    except OSError as error:
        words = {"path": str(path), "error": error.strerror}
        told = said("{path} cannot be written ({error}); make it writable and run this again", **words)
        raise LearnerError(told) from error
