"""Lets a notebook's experiments wait until the parts they need have been written."""

import inspect
from types import CodeType
from typing import Any


def ready(*names: str) -> bool:
    """Whether the notebook has everything that is named; if not, print what to do first.

    Args:
        names: functions, classes or values of the calling notebook, in the order in which they come.

    Returns:
        True when each name is defined and nothing in it still raises NotImplementedError.
    """
    caller = inspect.currentframe().f_back.f_globals
    for name in names:
        if name not in caller or _unfinished(caller[name]):
            print(f"This cell waits for {name}: complete and run the cell that makes it, then come back.")
            return False
    return True


def _unfinished(value: Any) -> bool:
    members = vars(value).values() if isinstance(value, type) else [value]
    return any(_mentions_not_implemented(getattr(member, "__code__", None)) for member in members)


def _mentions_not_implemented(code: CodeType | None) -> bool:
    return code is not None and "NotImplementedError" in code.co_names
