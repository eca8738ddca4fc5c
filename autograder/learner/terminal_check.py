"""`autograder check NOTEBOOK`: the checks of a learner's notebook in the terminal, on recorded cases."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course.lessons import Lesson, all_lessons, find_lesson
from autograder.learner.graded_cells import as_in_grading, run_all
from autograder.learner.own_notebooks import LearnerError, read_notebook
from autograder.notebooks.cell_matching import find_lesson_of
from autograder.notebooks.cells import cell_words

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.checks.framework.check import Check
    from autograder.judging.matched import Matched, Placed


def check_notebook(path: Path) -> int:
    """Run what grading would run of a notebook, print one verdict an exercise, and return 0 if all passed, else 1.

    A cell that fails is reported and stops nothing.

    Raises:
        LearnerError: the file cannot be read, or belongs to no lesson, or to another one than it is called after.
    """
    from autograder.checks.registry import checks_of
    from autograder.judging.course_notebook import course_notebook
    from autograder.judging.matching import match
    from autograder.judging.origin import other_origin

    notebook = read_notebook(path, whole=False)
    lesson = _lesson_of(path, notebook)
    released = read_notebook(lesson.release_notebook)
    if (other := other_origin(notebook, lesson, released)) is not None:
        raise LearnerError(f"{path}: {other}")
    found = match(notebook, course_notebook(lesson, released))
    for note in ([found.release] if found.release else []) + found.notes.get("", []):
        print(f"Note: {note}.")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    place = path.parent.resolve()
    with as_in_grading(lesson):
        run_all(found, namespace, _tell_stop)
        passed = [_print_verdict(check, found, namespace, place) for check in checks_of(lesson.number)]
    print(f"{sum(passed)} of {len(passed)} exercises passed")
    return 0 if all(passed) else 1


def _lesson_of(path: Path, notebook: "NotebookNode") -> Lesson:
    from autograder.checks.registry import checks_of

    exercises = {lesson.slug: [check.slug for check in checks_of(lesson.number)] for lesson in all_lessons()}
    slug = find_lesson_of(path.stem, notebook, exercises)
    if slug is None:
        raise LearnerError(f"{path}: no lesson of this course (it has {', '.join(exercises)})")
    return find_lesson(slug)


def _tell_stop(cell: "Placed", error: BaseException) -> None:
    from autograder.judging.stops import advice_on

    known = "a cell" if cell.index is None else str(cell_words(cell.index, cell.written))
    print(f"! {cell.slug if cell.kind == 'exercise' else known} stopped with {type(error).__name__}: {error}")
    if (advice := advice_on(type(error).__name__, str(error))) is not None:
        print(f"  Note: {advice}.")


def _print_verdict(check: "Check", found: "Matched", namespace: dict[str, Any], place: Path) -> bool:
    from autograder.judging.attempted import attempted
    from autograder.judging.stops import note_lack_of_gpu
    from autograder.learner import progress
    from autograder.learner.notebook_api import check_recorded

    if check.defines not in namespace:
        print(f"✗ {check.slug}: {check.defines} is not defined. Is its cell still there, and does it run?")
        return False
    verdict = attempted(found, check_recorded(check.slug, namespace[check.defines]))
    note_lack_of_gpu(found, verdict)
    progress.note(check.slug, verdict.status, place)
    print(replace(verdict, notes=tuple(found.notes.get(check.slug, ()))).text())
    return verdict.passed
