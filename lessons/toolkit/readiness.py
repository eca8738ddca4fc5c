"""Lets a notebook's experiments wait until the parts they need have been written."""

import dis
import inspect
from contextlib import suppress
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

from lessons.toolkit.text import said

_wrong: WeakKeyDictionary[Any, str] = WeakKeyDictionary()  # answers that their check has turned down → the exercise
_waits_for: dict[str, str] = {}  # what a cell that waits would make → what has to be written first


def ready(*names: str) -> bool:
    """Whether the notebook has everything that is named; if not, print what to do first.

    What a waiting cell would make is remembered: a cell that needs it names the part to be written, not that cell.

    Args:
        names: functions, classes or values of the calling notebook, in the order in which they come.

    Returns:
        True when each name is defined, nothing in it still raises NotImplementedError, and no check has turned it
        down; what was not checked counts as ready.
    """
    caller = inspect.currentframe().f_back
    for name in names:
        if _is_missing(name, caller.f_globals):
            first = _first_of(name, caller.f_globals)
            _waits_for.update(dict.fromkeys(_made_by(caller.f_code), first))
            print(_waits(name, first, caller.f_globals))
            return False
    return True


def note(exercise: str, answer: Any, passed: bool) -> None:
    """Remember what a check has found: no experiment runs on an answer that is not right yet.

    Args:
        exercise: what it answers.
        answer: the function or class.
        passed: whether it is right.
    """
    with suppress(TypeError):  # it is no function or class, so no experiment can use it
        _wrong.pop(answer, None) if passed else _wrong.update({answer: exercise})


def _is_missing(name: str, notebook: dict[str, Any]) -> bool:
    return name not in notebook or is_unfinished(notebook[name]) or _is_wrong(notebook[name])


def _is_wrong(value: Any) -> bool:
    return (inspect.isfunction(value) or inspect.isclass(value)) and value in _wrong


def _first_of(name: str, notebook: dict[str, Any]) -> str:
    """What has to be written before the cell that makes `name` can run; the name itself where no cell waits."""
    first = _waits_for.get(name, name) if name not in notebook else name
    return first if _is_missing(first, notebook) else name


def _waits(name: str, first: str, notebook: dict[str, Any]) -> str:
    """What a cell waits for, and what to do first; `first` is what `name` waits for in turn, if it is another one."""
    names = {"name": name, "first": first}
    if _is_wrong(notebook.get(first)) and not is_unfinished(notebook[first]):
        names["exercise"] = _wrong[notebook[first]]
        if first == name:
            return said(
                "This cell waits for {name}: exercise {exercise} is not right yet. Mend it, check it again, then come "
                "back.",
                **names,
            )
        return said(
            "This cell waits for {name}, which waits for {first}: exercise {exercise} is not right yet. Mend it, check "
            "it again, then run the cells from there to here.",
            **names,
        )
    if first == name:
        return said("This cell waits for {name}: complete and run the cell that makes it, then come back.", **names)
    return said(
        "This cell waits for {name}, which waits for {first}: complete that, then run the cells from there to here.",
        **names,
    )


def _made_by(cell: CodeType) -> set[str]:
    """The names that a cell's code binds."""
    return {step.argval for step in dis.get_instructions(cell) if step.opname == "STORE_NAME"}


def is_unfinished(value: Any) -> bool:
    """Whether a function, or a method of a class, still raises NotImplementedError."""
    members = vars(value).values() if isinstance(value, type) else [value]
    return any(_mentions_not_implemented(getattr(member, "__code__", None)) for member in members)


def _mentions_not_implemented(code: CodeType | None) -> bool:
    return code is not None and "NotImplementedError" in code.co_names
