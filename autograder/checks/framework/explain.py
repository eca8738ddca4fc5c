"""Explains a difference that no suspect of a check explains: the machine tries what is usual on the values at hand."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.arrangement import arrangement
from autograder.checks.framework.compare import difference, kind_of
from autograder.checks.framework.places import differing_places
from autograder.checks.framework.relations import Evidence, relation
from lessons.toolkit.text import t

MOST_NUMBERS = 20_000


def explain(expected: Any, got: Any, arguments: Sequence[Any] = (), axes: str = "") -> Evidence | None:
    """What makes of an answer's value the expected one, or what its wrong places have in common; None for neither.

    Args:
        expected, got: two values that differ.
        arguments: of the call that gave `got`.
        axes: dimension letters of the tensors.
    """
    if _is_large(expected) or _is_large(got):
        return None
    found = _of_kinds(expected, got) or arrangement(expected, got, axes)
    if found is not None:
        return found
    expected, got = _differing_part(expected, got)
    if (how := difference(expected, got)) is None or how.kind != "value":
        return arrangement(expected, got)
    return arrangement(expected, got) or relation(expected, got) or differing_places(expected, got, arguments, axes)


def _is_large(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.numel() > MOST_NUMBERS
    return isinstance(value, list | tuple | dict | str) and len(value) > MOST_NUMBERS


def _differing_part(expected: Any, got: Any) -> tuple[Any, Any]:
    """Of several results, or of named ones, the only one that differs; else all of them."""
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple) and len(expected) == len(got):
        pairs = list(zip(expected, got, strict=True))
    elif isinstance(expected, dict) and isinstance(got, dict) and set(expected) == set(got):
        pairs = [(expected[key], got[key]) for key in expected]
    else:
        return expected, got
    differing = [(wanted, had) for wanted, had in pairs if difference(wanted, had) is not None]
    if len(differing) == 1 and isinstance(differing[0][0], Tensor | list | tuple | dict):
        return _differing_part(*differing[0])
    return expected, got


def _of_kinds(expected: Any, got: Any) -> Evidence | None:
    """Values of different kinds: whether only the kind is wrong, or the value stands among others."""
    if isinstance(got, list | tuple) and not isinstance(expected, list | tuple):
        for number, one in enumerate(got[:5], 1):
            if difference(expected, one) is None:
                words = t("value {number} of your {count}: as expected", number=number, count=len(got))
                return Evidence("one-of-several", words)
    if isinstance(expected, Tensor) and isinstance(got, list | tuple) and _same_numbers(expected, got):
        return Evidence("other-kind", t("your numbers, in {kind}: as expected", kind=kind_of(got)))
    if isinstance(expected, list | tuple) and isinstance(got, Tensor) and _same_numbers(got, expected):
        return Evidence("other-kind", t("your numbers, in {kind}: as expected", kind=kind_of(got)))
    return None


def _same_numbers(tensor: Tensor, values: list[Any] | tuple[Any, ...]) -> bool:
    """Whether lists hold the numbers of a tensor, or tensors that hold them."""
    plain = [one.tolist() if isinstance(one, Tensor) else one for one in values]
    try:
        return difference(tensor, torch.tensor(plain)) is None
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return False
