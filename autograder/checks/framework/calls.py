"""The calls of a stage, and of those whose results differ the one with the smallest input."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from torch import Tensor

from autograder.checks.framework.compare import difference
from autograder.subjects.codec import Handle, encode


class Call(NamedTuple):
    """What was asked of both sides, and what came back."""

    target: Handle
    method: str
    arguments: Sequence[Any]
    expected: Any
    got: Any


def smallest_that_differs(calls: Sequence[Call]) -> Call | None:
    """The call with the smallest input among those whose results differ, None where all agree."""
    differing = [call for call in calls if difference(call.expected, call.got) is not None]
    return min(differing, key=lambda call: len(encode(list(call.arguments))), default=None)


def are_stacked(calls: Sequence[Call], expected: Any) -> bool:
    """Whether a value holds one result of each of several calls, none of which has to be of that kind."""
    if len(calls) < 2 or any(expected is call.expected for call in calls):
        return False
    return isinstance(expected, list | tuple | Tensor) and _length(expected) == len(calls)


def _length(value: Any) -> int:
    return (
        value.shape[0] if isinstance(value, Tensor) and value.dim() else 0 if isinstance(value, Tensor) else len(value)
    )
