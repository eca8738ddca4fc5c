"""The course's grader: `check`, `hint` and `progress` for notebooks, and the `autograder` command line.

Importing this package stays cheap: torch, nbgrader and nbconvert are loaded only when something needs them.
"""

from typing import Any

__all__ = ["check", "hint", "progress"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from autograder.learner import notebook_api

        return getattr(notebook_api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
