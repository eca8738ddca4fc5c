"""What `autograder` is inside the sandbox: checks and hints that do nothing, since verdicts are made outside."""

from typing import Any

__all__ = ["check", "hint"]


def check(exercise: str, answer: Any = None) -> None:
    """Do nothing."""


def hint(exercise: str) -> None:
    """Do nothing."""
