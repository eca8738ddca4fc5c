"""`autograder check NOTEBOOK`: the checks of a learner's notebook in the terminal, on recorded cases."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from autograder.course.lessons import Lesson, all_lessons, find_lesson
from autograder.course.source import without_magics
from autograder.errors import CourseError
from autograder.notebooks.cells import grade_id

_SKIPPED_TAGS = {"exploration", "check"}


class NotebookError(CourseError):
    """The file is not a notebook of this course; the message says what was found instead."""


def check_notebook(path: Path) -> int:
    """Run the definitions of a notebook, print one verdict an exercise, and return 0 if all passed, else 1.

    Setup cells, exercise cells and the learner's own cells run, in order; checks and explorations do not. A cell that
    fails is reported and stops nothing.

    Raises:
        NotebookError: the file cannot be read, or belongs to no lesson.
    """
    notebook = _read(path)
    lesson = _lesson_of(path, notebook)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not _SKIPPED_TAGS & set(cell.metadata.get("tags", [])):
            _run(cell, namespace)
    passed = [_print_verdict(check, namespace, path.parent) for check in _checks(lesson)]
    print(f"{sum(passed)} of {len(passed)} exercises passed")
    return 0 if all(passed) else 1


def _read(path: Path) -> Any:
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise NotebookError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise NotebookError(f"{path}: this is a folder; name the notebook in it") from None
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NotebookError(f"{path}: not a notebook that can be read ({reason[:200]})") from None


def _lesson_of(path: Path, notebook: Any) -> Lesson:
    """By the file's name, else by the exercises in it."""
    if path.stem in {lesson.slug for lesson in all_lessons()}:
        return find_lesson(path.stem)
    names = {grade_id(cell) for cell in notebook.cells}
    for lesson in all_lessons():
        if names & {check.slug for check in _checks(lesson)}:
            return lesson
    known = ", ".join(lesson.slug for lesson in all_lessons())
    raise NotebookError(f"{path}: no lesson of this course (it has {known})")


def _checks(lesson: Lesson) -> tuple:
    from autograder.checks.registry import checks_of

    return checks_of(lesson.number)


def _run(cell: Any, namespace: dict[str, Any]) -> None:
    from autograder.subjects.cells import run_cells

    try:
        with redirect_stdout(StringIO()):  # what cells print is seen in the notebook
            run_cells([without_magics(cell.source)], namespace)
    except (Exception, SystemExit) as error:
        print(f"! {grade_id(cell) or 'a cell of your own'} stopped with {type(error).__name__}: {error}")


def _print_verdict(check: Any, namespace: dict[str, Any], place: Path) -> bool:
    from autograder.learner import progress
    from autograder.learner.notebook_api import check_recorded

    if check.defines not in namespace:
        print(f"✗ {check.slug}: {check.defines} is not defined. Is its cell still there, and does it run?")
        return False
    verdict = check_recorded(check.slug, namespace[check.defines])
    progress.note(check.slug, verdict.status, place)
    print(verdict.text())
    return verdict.passed
