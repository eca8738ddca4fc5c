"""How the numbers of an answer are related to those expected: by a factor, an offset, a sign, a function.

What is found is true of the values at hand. It says nothing of the code that made them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.compare import ATOL, RTOL, number
from lessons.toolkit.text import Words, t


@dataclass(frozen=True)
class Evidence:
    """What explains a difference.

    Attributes:
        cause: a key of `GENERAL_CAUSES`, whose question leads on from it.
        words: the relation itself, with its numbers.
    """

    cause: str
    words: Words


def numbers_in(value: Any) -> Tensor | None:
    """All numbers of a value in order, float64 of one dimension; None where it holds something else."""
    if isinstance(value, Tensor):
        return None if value.dtype is torch.bool else value.detach().double().flatten()
    if isinstance(value, dict):
        return numbers_in(list(value.values()))
    if isinstance(value, list | tuple):
        parts = [numbers_in(one) for one in value]
        found = [part for part in parts if part is not None]
        return torch.cat(found) if found and len(found) == len(parts) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53:
        return torch.tensor([float(value)], dtype=torch.float64)
    return None


def relation(expected: Any, got: Any) -> Evidence | None:
    """What explains every number of two values of the same form, or None.

    Two numbers that are all there is are explained by a sign, a reciprocal or the like; by a factor or an offset only
    where that is a usual one, for some factor explains any two numbers.
    """
    wanted, had = numbers_in(expected), numbers_in(got)
    if wanted is None or had is None or wanted.shape != had.shape or not len(wanted):
        return None
    if bool((had.isnan() & ~wanted.isnan()).any()):
        count = int((had.isnan() & ~wanted.isnan()).sum())
        return Evidence("nan", t("{count} of your {total} values: nan", count=count, total=len(had)))
    if not bool(wanted.isfinite().all() and had.isfinite().all()):
        return None
    if not bool(had.any()) and bool((wanted.abs() > ATOL).all()):
        return Evidence("zero", t("yours: 0") if len(had) == 1 else t("each of yours: 0"))
    if len(had) > 2 and _alike(had, had[:1].expand_as(had)) and not _alike(wanted, wanted[:1].expand_as(wanted)):
        return Evidence("constant", t("each of your {total} values: {value}", total=len(had), value=number(had[0])))
    return _by_function(wanted, had) or _by_number(wanted, had)


def _alike(wanted: Tensor, had: Tensor) -> bool:
    return bool(((wanted - had).abs() <= ATOL + RTOL * wanted.abs()).all())


_FUNCTIONS: tuple[tuple[str, Words, Callable[[Tensor], Tensor]], ...] = (
    ("negated", t("yours with the other sign: as expected"), lambda x: -x),
    ("complement", t("1 minus yours: as expected"), lambda x: 1 - x),
    ("reciprocal", t("1 divided by yours: as expected"), lambda x: 1 / x),
    ("logarithm", t("the exponential of yours: as expected"), torch.exp),
    ("exponential", t("the logarithm of yours: as expected"), torch.log),
    ("square", t("the square root of yours: as expected"), torch.sqrt),
    ("root", t("the square of yours: as expected"), torch.square),
)


def _by_function(wanted: Tensor, had: Tensor) -> Evidence | None:
    """Numbers that some other function of the same kind would also give prove nothing: 0, 1, and few whole ones."""
    told = wanted[(wanted.abs() > ATOL) & ((wanted - 1).abs() > ATOL)]
    if not len(told):
        return None
    for cause, words, function in _FUNCTIONS:
        found = function(had)
        if bool(found.isfinite().all()) and _alike(wanted, found):
            return Evidence(cause, words)
    return None


def _by_number(wanted: Tensor, had: Tensor) -> Evidence | None:
    """A factor or an offset, the same for all; of a 0 that is expected neither says anything."""
    away = wanted.abs() > ATOL
    if not bool(away.any()):
        return None
    ratio = float((had[away] / wanted[away]).median())
    if _alike(had, ratio * wanted) and abs(ratio) > ATOL and (_vary(wanted[away]) or _is_usual_factor(ratio, wanted)):
        return Evidence("factor", t("each of yours: {factor} times the expected value", factor=_spoken(ratio)))
    offset = float((had - wanted).median())
    if _alike(had, wanted + offset) and (_vary(wanted) or math.isclose(abs(offset), 1, rel_tol=1e-6)):
        more = t("each of yours: {number} more than expected", number=number(abs(offset)))
        less = t("each of yours: {number} less than expected", number=number(abs(offset)))
        return Evidence("offset", more if offset > 0 else less)
    return None


def _vary(numbers: Tensor) -> bool:
    return not _alike(numbers, numbers[:1].expand_as(numbers))


def _is_usual_factor(ratio: float, wanted: Tensor) -> bool:
    """Whether a factor between two numbers says something: 2, 1/3, 100, of numbers that are not whole."""
    if bool((wanted == wanted.round()).all()):
        return False
    size = max(abs(ratio), 1 / abs(ratio))
    return 1.5 < size < 101 and math.isclose(size, round(size), rel_tol=1e-4)


def _spoken(ratio: float) -> str:
    """A factor, as a fraction of 1 where it is one."""
    turned = 1 / ratio
    if abs(ratio) < 1 and math.isclose(turned, round(turned), rel_tol=1e-4):
        return f"1/{round(turned)}"
    return number(float(round(ratio)) if math.isclose(ratio, round(ratio), rel_tol=1e-4) else ratio)
