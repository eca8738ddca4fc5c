"""What `autograder` is inside the sandbox: names that do nothing, since verdicts are made outside."""

from typing import Any

__all__ = ["check", "hint", "progress"]


def check(exercise: str, answer: Any = None) -> None:
    """Do nothing."""


def hint(exercise: str) -> None:
    """Do nothing."""


def progress() -> None:
    """Do nothing."""
