"""Finds the check of an exercise."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import autograder.checks
from autograder.checks.check import Check


class UnknownExercise(LookupError):
    """No lesson has such an exercise; the message lists those there are."""


@cache
def all_checks() -> dict[str, Check]:
    """Every check of the course by exercise, in the order of lessons and exercises."""
    modules = sorted(info.name for info in iter_modules(autograder.checks.__path__) if info.name.startswith("lesson_"))
    return {check.slug: check for name in modules for check in checks_of(name.removeprefix("lesson_"))}


@cache
def checks_of(number: str) -> tuple[Check, ...]:
    """The checks of lesson `number` ("01"), in order."""
    module = import_module(f"autograder.checks.lesson_{number}")
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Check)]
    return tuple(kind() for kind in classes if kind.__module__ == module.__name__ and hasattr(kind, "slug"))


def find_check(slug: str) -> Check:
    """The check of an exercise.

    Raises:
        UnknownExercise: there is none of that name.
    """
    try:
        return all_checks()[slug]
    except KeyError:
        known = ", ".join(all_checks())
        raise UnknownExercise(f"there is no exercise {slug!r}; there are {known}") from None
