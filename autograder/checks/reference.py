"""The reference solution of an exercise, out of the lesson's source. Nothing of a learner's runs here."""

from functools import cache
from typing import Any

from autograder.course.lessons import Lesson
from autograder.course.source import read_lesson
from autograder.subjects.cells import run_cells
from autograder.subjects.drawing import load_figures_when_used


@cache
def reference_namespace(lesson: Lesson) -> dict[str, Any]:
    """What the setup and exercise cells of a lesson's solution define. Nothing is trained."""
    load_figures_when_used()  # judging draws nothing
    source = read_lesson(lesson.source)
    namespace: dict[str, Any] = {"__name__": f"reference_{lesson.number}"}
    run_cells([cell.source for cell in source.cells if cell.kind in ("setup", "exercise")], namespace)
    return namespace


def reference_answer(lesson: Lesson, exercise: str) -> Any:
    """The reference's function or class for an exercise."""
    from autograder.checks.registry import find_check

    return reference_namespace(lesson)[find_check(exercise).defines]
