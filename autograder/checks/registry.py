"""Finds the check of an exercise."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import autograder.checks
from autograder.checks.framework.check import Check


class UnknownExercise(LookupError):
    """No lesson has such an exercise; the message lists those there are."""


@cache
def all_checks() -> dict[str, Check]:
    """Every check of the course by exercise, in the order of lessons and exercises."""
    return {check.slug: check for number in _numbers() for check in checks_of(number)}


def _numbers() -> list[str]:
    names = (info.name for info in iter_modules(autograder.checks.__path__))
    return sorted(name.removeprefix("lesson_") for name in names if name.startswith("lesson_"))


@cache
def checks_of(number: str) -> tuple[Check, ...]:
    """The checks of lesson `number` ("01"), in order."""
    module = import_module(f"autograder.checks.lesson_{number}")
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Check)]
    return tuple(kind() for kind in classes if kind.__module__ == module.__name__ and hasattr(kind, "slug"))


def lesson_number(exercise: str) -> str:
    """ "01" of an exercise of lesson 01.

    Raises:
        UnknownExercise: there is none of that name.
    """
    return type(find_check(exercise)).__module__.rpartition("_")[2]


@cache
def find_check(slug: str) -> Check:
    """The check of an exercise; loads no lesson's checks after those that it is in.

    Raises:
        UnknownExercise: there is none of that name.
    """
    for number in _numbers():
        for check in checks_of(number):
            if check.slug == slug:
                return check
    known = ", ".join(all_checks())
    raise UnknownExercise(f"there is no exercise {slug!r}; there are {known}")
