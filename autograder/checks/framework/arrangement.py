"""Where the values of an answer stand, beside where they are expected: transposed, in another order, moved by one."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.compare import difference
from autograder.checks.framework.relations import Evidence
from lessons.toolkit.text import Words, t

MOST = 200  # items of a list that are looked at


def arrangement(expected: Any, got: Any, axes: str = "") -> Evidence | None:
    """What makes one value of the other by moving its parts, or None."""
    if isinstance(expected, Tensor):
        return _of_tensors(expected, got, axes) if isinstance(got, Tensor) else None
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return _of_lists(list(expected), list(got))
    return None


def _of_tensors(expected: Tensor, got: Tensor, axes: str) -> Evidence | None:
    return (
        _transposed(expected, got, axes)
        or _without_shape(expected, got)
        or (expected.shape == got.shape and _along_axes(expected, got, axes))
        or _not_reduced(expected, got)
        or _in_other_order(expected, got)
        or None
    )


def _transposed(expected: Tensor, got: Tensor, axes: str) -> Evidence | None:
    for first, second in combinations(range(got.dim()), 2):
        if got.dim() == expected.dim() and _same(expected, got.transpose(first, second)):
            one, other = _axis(axes, expected, first), _axis(axes, expected, second)
            return Evidence(
                "transposed", t("yours with {one} and {other} exchanged: as expected", one=one, other=other)
            )
    return None


def _without_shape(expected: Tensor, got: Tensor) -> Evidence | None:
    if expected.shape != got.shape and expected.numel() and _same(expected.flatten(), got.flatten()):
        return Evidence("other-shape", t("your numbers, in their order: as expected"))
    return None


def _along_axes(expected: Tensor, got: Tensor, axes: str) -> Evidence | None:
    """Reversed or moved by one along an axis."""
    for axis in range(expected.dim()):
        size, name = expected.shape[axis], _axis(axes, expected, axis)
        if size > 1 and _same(expected, got.flip(axis)):
            return Evidence("reversed", t("yours from the last {axis} to the first: as expected", axis=name))
        if size > 2 and not _same(expected.narrow(axis, 1, size - 1), expected.narrow(axis, 0, size - 1)):
            if _same(expected.narrow(axis, 0, size - 1), got.narrow(axis, 1, size - 1)):
                return Evidence("one-late", t("yours one place earlier along {axis}: as expected", axis=name))
            if _same(expected.narrow(axis, 1, size - 1), got.narrow(axis, 0, size - 1)):
                return Evidence("one-early", t("yours one place later along {axis}: as expected", axis=name))
    return None


def _not_reduced(expected: Tensor, got: Tensor) -> Evidence | None:
    """One side is the sum, the mean or one place of the other along an axis."""
    if got.dim() == expected.dim() + 1:
        if name := _reduction(got, expected):
            return Evidence("not-reduced", t("{reduction} of yours: as expected", reduction=name))
    elif expected.dim() == got.dim() + 1 and (name := _reduction(expected, got)):
        return Evidence("reduced", t("yours: {reduction} of what is expected", reduction=name))
    return None


_REDUCTIONS: tuple[tuple[Words, Callable[[Tensor, int], Tensor]], ...] = (
    (t("the sum"), lambda whole, axis: whole.sum(axis)),
    (t("the mean"), lambda whole, axis: whole.mean(axis)),
    (t("the first"), lambda whole, axis: whole.select(axis, 0)),
    (t("the last"), lambda whole, axis: whole.select(axis, -1)),
)


def _reduction(whole: Tensor, part: Tensor) -> Words:
    if whole.is_floating_point() and 0 not in whole.shape:
        for name, reduce in _REDUCTIONS:
            for axis in range(whole.dim()):
                if _same(part, reduce(whole, axis)):
                    return name
    return ""


def _in_other_order(expected: Tensor, got: Tensor) -> Evidence | None:
    if expected.shape != got.shape or expected.numel() < 3 or expected.dtype is torch.bool:
        return None
    if _same(expected.flatten().sort().values, got.flatten().sort().values):
        return Evidence("reordered", t("your numbers, sorted: as those expected"))
    return None


def _of_lists(expected: list[Any], got: list[Any]) -> Evidence | None:
    if max(len(expected), len(got)) > MOST or not expected:
        return None
    if len(expected) == len(got):
        return _of_equal_length(expected, got)
    return _of_other_length(expected, got)


def swapped_results(expected: Any, got: Any) -> Evidence | None:
    """Whether two results came back in the other order."""
    pairs = all(isinstance(side, list | tuple) and len(side) == 2 for side in (expected, got))
    if pairs and not _same(expected, got) and _same(list(expected), list(got)[::-1]):
        return Evidence("results-swapped", t("your two results, exchanged: as expected"))
    return None


def _of_equal_length(expected: list[Any], got: list[Any]) -> Evidence | None:
    if found := swapped_results(expected, got):
        return found
    if len(got) > 2 and _same(expected, got[::-1]):
        return Evidence("reversed", t("yours from the last to the first: as expected"))
    if len(got) > 2 and not _same(expected[1:], expected[:-1]):
        if _same(expected[:-1], got[1:]):
            return Evidence("one-late", t("yours one place earlier: as expected"))
        if _same(expected[1:], got[:-1]):
            return Evidence("one-early", t("yours one place later: as expected"))
    if len(got) > 2 and _left(expected, got) == []:
        return Evidence("reordered", t("your items in another order: as expected"))
    return None


def _of_other_length(expected: list[Any], got: list[Any]) -> Evidence | None:
    few, many = sorted((expected, got), key=len)
    cause = "too-many" if many is got else "too-few"
    ends: Sequence[tuple[Words, list[Any]]] = (
        (t("at the end"), many[: len(few)]),
        (t("at the start"), many[-len(few) :]),
    )
    for place, part in ends:
        if few and _same(few, part):
            more = t("{count} too many {place}, the rest as expected", count=len(many) - len(few), place=place)
            less = t("{count} too few {place}, the rest as expected", count=len(many) - len(few), place=place)
            return Evidence(cause, more if many is got else less)
    if few and (left := _left(many, few)) is not None:
        if _stand_in_order(few, many):
            more = t("{count} too many, the rest as expected", count=len(left))
            less = t("{count} too few, the rest as expected", count=len(left))
        else:
            more = t("{count} too many, the rest in another order", count=len(left))
            less = t("{count} too few, the rest in another order", count=len(left))
        return Evidence(cause, more if many is got else less)
    return None


def _stand_in_order(few: list[Any], many: list[Any]) -> bool:
    """Whether some items stand among others in the same order."""
    others = iter(many)
    return all(any(_same(other, one) for other in others) for one in few)


def _left(many: list[Any], few: list[Any]) -> list[Any] | None:
    """What is left of items when others are taken out; None where one of these is not among them."""
    left = list(many)
    for one in few:
        place = next((place for place, other in enumerate(left) if _same(other, one)), None)
        if place is None:
            return None
        left.pop(place)
    return left


def _axis(axes: str, tensor: Tensor, place: int) -> Words:
    """A dimension by its letter, else by its number."""
    letters = axes.split()
    return letters[place] if len(letters) == tensor.dim() else t("dimension {number}", number=place)


def _same(expected: Any, got: Any) -> bool:
    return difference(expected, got) is None
