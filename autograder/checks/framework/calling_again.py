"""Calls an answer once more, with its arguments changed: does that give what was expected, or change nothing?

The answer has failed by then. Whatever it does in these calls, it has no say in the verdict but for the explanation.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.calls import Call
from autograder.checks.framework.compare import difference
from autograder.checks.framework.relations import Evidence
from autograder.subjects.codec import CallbackName, Handle
from autograder.subjects.subject import AnswerError, SubjectLost, Unwritten
from lessons.toolkit.text import t

Again = Callable[[Sequence[Any]], Any]
_ENDS = (AnswerError, SubjectLost, Unwritten)
_NOTHING = object()  # came back


def by_calling_again(again: Again, call: Call) -> Evidence | None:
    """What a call with other arguments shows.

    Args:
        again: calls the answer; what lives beside it would be changed by that, so nothing is tried where it takes part.
        call: the one that failed.
    """
    arguments = call.arguments
    if any(isinstance(value, Handle | CallbackName) for value in arguments):
        return None
    how = difference(call.expected, call.got)
    if how is None or how.kind in ("type", "dtype"):
        return _given(arguments, call.got)
    found = _given(arguments, call.got) or _exchanged(again, arguments, call.expected)
    return found or (_unread(again, arguments, call.got) if how.kind == "value" else None)


def _given(arguments: Sequence[Any], got: Any) -> Evidence | None:
    for number, value in enumerate(arguments, 1):
        if isinstance(value, Tensor | list | dict) and len(value) > 1 and difference(value, got) is None:
            return Evidence("as-given", t("yours: argument {number}, as it was given", number=number))
    return None


def _exchanged(again: Again, arguments: Sequence[Any], expected: Any) -> Evidence | None:
    for first, second in combinations(range(len(arguments)), 2):
        if _of_one_kind(arguments[first], arguments[second]):
            changed = list(arguments)
            changed[first], changed[second] = arguments[second], arguments[first]
            if difference(expected, _outcome(again, changed)) is None:
                words = t(
                    "your function with arguments {one} and {other} exchanged: gives what is expected",
                    one=first + 1,
                    other=second + 1,
                )
                return Evidence("arguments-exchanged", words)
    return None


def _unread(again: Again, arguments: Sequence[Any], got: Any) -> Evidence | None:
    """An argument that can be changed in two ways without any effect. Calls have to give the same again at all."""
    if difference(got, _outcome(again, arguments)) is not None:
        return None
    for number, value in enumerate(arguments):
        others = _changed(value)
        if others and all(_has_no_effect(again, arguments, number, other, got) for other in others):
            words = t("your result: the same whatever argument {number} holds", number=number + 1)
            return Evidence("argument-unread", words)
    return None


def _has_no_effect(again: Again, arguments: Sequence[Any], number: int, other: Any, got: Any) -> bool:
    changed = [*arguments[:number], other, *arguments[number + 1 :]]
    return difference(got, _outcome(again, changed)) is None


def _outcome(again: Again, arguments: Sequence[Any]) -> Any:
    try:
        return again(arguments)
    except _ENDS:
        return _NOTHING


def _of_one_kind(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.shape == other.shape and one.dtype == other.dtype and not torch.equal(one, other)
    return type(one) is type(other) and isinstance(one, list | int | float) and one != other


def _changed(value: Any) -> list[Any]:
    """Two values of the same kind and shape that hold something else, none where that is not to be had."""
    if isinstance(value, Tensor) and value.numel() > 1:
        if value.dtype is torch.bool:
            return [] if bool(value.all()) else [torch.ones_like(value), value.roll(1, -1)]
        rolled = value.flatten().roll(1).view_as(value)
        others = [rolled, -value if value.is_floating_point() else value.flatten().flip(0).view_as(value)]
        return others if not any(torch.equal(value, other) for other in others) else []
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [value + 1, value + 2]
    return []
