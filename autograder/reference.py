"""The reference solution of an exercise, out of the lesson's source. Nothing of a learner's runs here."""

import pkgutil
from functools import cache
from importlib.util import LazyLoader, module_from_spec
from typing import Any

from autograder.course import Lesson
from autograder.lesson_source import read_lesson
from autograder.subjects.cells import run_cells


@cache
def reference_namespace(lesson: Lesson) -> dict[str, Any]:
    """What the setup and exercise cells of a lesson's solution define. Nothing is trained."""
    _load_figures_when_used()
    source = read_lesson(lesson.source)
    namespace: dict[str, Any] = {"__name__": f"reference_{lesson.number}"}
    run_cells([cell.source for cell in source.cells if cell.kind in ("setup", "exercise")], namespace)
    return namespace


def _load_figures_when_used() -> None:
    """Setup cells import the modules that draw; judging draws nothing, and matplotlib takes a third of a second."""
    from lessons import toolkit

    for found in pkgutil.iter_modules(toolkit.__path__, f"{toolkit.__name__}."):
        name = found.name.rpartition(".")[2]
        if name.endswith("figures") and not hasattr(toolkit, name):
            spec = found.module_finder.find_spec(found.name)
            spec.loader = LazyLoader(spec.loader)
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            setattr(toolkit, name, module)


def reference_answer(lesson: Lesson, exercise: str) -> Any:
    """The reference's function or class for an exercise."""
    from autograder.checks.registry import find_check

    return reference_namespace(lesson)[find_check(exercise).defines]
