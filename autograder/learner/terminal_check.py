"""`autograder check NOTEBOOK`: the checks of a learner's notebook in the terminal, on recorded cases."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course.lessons import Lesson, all_lessons, find_lesson
from autograder.course.source import without_magics
from autograder.learner.own_notebooks import LearnerError, read_notebook
from autograder.notebooks.cell_matching import find_lesson_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.checks.framework.check import Check
    from autograder.judging.matched import Placed


def check_notebook(path: Path) -> int:
    """Run what grading would run of a notebook, print one verdict per exercise, and return 0 if all passed, else 1.

    A cell that fails is reported and stops nothing.

    Raises:
        LearnerError: the file cannot be read, or belongs to no lesson.
    """
    from autograder.checks.registry import checks_of
    from autograder.judging.course_notebook import course_notebook
    from autograder.judging.matched import untouched
    from autograder.judging.matching import match

    notebook = read_notebook(path)
    lesson = _lesson_of(path, notebook)
    course = course_notebook(lesson, read_notebook(lesson.release_notebook))
    found = match(notebook, course)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in found.running:
        _run(cell, namespace)
    given = untouched(found, course)
    checks = checks_of(lesson.number)
    passed = [
        _print_verdict(check, namespace, path.parent, to_mend=check.is_repair and check.slug in given)
        for check in checks
    ]
    print(f"{sum(passed)} of {len(passed)} exercises passed")
    return 0 if all(passed) else 1


def _lesson_of(path: Path, notebook: "NotebookNode") -> Lesson:
    from autograder.checks.registry import checks_of

    exercises = {lesson.slug: [check.slug for check in checks_of(lesson.number)] for lesson in all_lessons()}
    slug = find_lesson_of(path.stem, notebook, exercises)
    if slug is None:
        raise LearnerError(f"{path}: no lesson of this course (it has {', '.join(exercises)})")
    return find_lesson(slug)


def _run(cell: "Placed", namespace: dict[str, Any]) -> None:
    from autograder.subjects.cells import run_cells

    try:
        with redirect_stdout(StringIO()):  # what cells print is seen in the notebook
            run_cells([without_magics(cell.source)], namespace)
    except (Exception, SystemExit) as error:
        name = cell.slug if cell.kind == "exercise" else "a cell of your own" if cell.kind == "own" else "a cell"
        print(f"! {name} stopped with {type(error).__name__}: {error}")


def _print_verdict(check: "Check", namespace: dict[str, Any], place: Path, *, to_mend: bool) -> bool:
    from autograder.learner import progress
    from autograder.learner.notebook_api import check_recorded, still_to_mend

    if check.defines not in namespace:
        print(f"✗ {check.slug}: {check.defines} is not defined. Is its cell still there, and does it run?")
        return False
    verdict = still_to_mend(check.slug) if to_mend else check_recorded(check.slug, namespace[check.defines])
    progress.note(check.slug, verdict.status, place)
    print(verdict.text())
    return verdict.passed
