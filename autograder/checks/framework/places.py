"""Which places of an answer differ: those that a mask hides, all but the first, the rows that are short."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.compare import ATOL, RTOL
from autograder.checks.framework.relations import Evidence
from lessons.toolkit.text import Words, t

MOST = 0.7  # of the places that have something in common
FEWEST_IN_ORDER = 4  # numbers that stand for one thing one after another; fewer may be of different kinds


def differing_places(expected: Any, got: Any, arguments: Sequence[Any], axes: str = "") -> Evidence | None:
    """What all places have in common that differ, and no other has; None where nothing does.

    Args:
        expected, got: tensors, or lists of numbers.
        arguments: of the call.
        axes: dimension letters of the two.
    """
    wanted, had = _as_tensor(expected), _as_tensor(got)
    if wanted is None or had is None or wanted.shape != had.shape or wanted.numel() < 2:
        return None
    wrong = _wrong(wanted, had)
    if bool(wrong.all()) or not bool(wrong.any()):
        return _inverted(wanted, had)
    if isinstance(expected, tuple) and wrong.dim() == 1:
        return _among_results(wrong)
    return _by_mask(wrong, arguments) or _by_axis(wrong, axes)


def _as_tensor(value: Any) -> Tensor | None:
    """A tensor of numbers that stand in a list, or in a list or a dict of lists of one length."""
    if isinstance(value, Tensor):
        return value.detach()
    value = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(value, list | tuple) or not value:
        return None
    rows = [one if isinstance(one, list | tuple) else [one] for one in value]
    alike = len({len(row) for row in rows}) == 1
    if not alike or not all(isinstance(one, int | float) for row in rows for one in row):
        return None
    return torch.tensor(value)


def _wrong(wanted: Tensor, had: Tensor) -> Tensor:
    if not wanted.is_floating_point():
        return wanted != had
    close = (wanted - had).abs() <= ATOL + RTOL * wanted.abs()
    return ~(close | (wanted == had) | (wanted.isnan() & had.isnan()))


def _inverted(wanted: Tensor, had: Tensor) -> Evidence | None:
    if wanted.dtype is torch.bool and had.dtype is torch.bool and torch.equal(wanted, ~had):
        return Evidence("inverted", t("every True of yours: False expected, and the other way round"))
    return None


def _by_mask(wrong: Tensor, arguments: Sequence[Any]) -> Evidence | None:
    """Whether only places differ that a mask among the arguments hides, or shows, and most of these do."""
    for number, mask in _masks(arguments):
        if mask.dim() > wrong.dim() or mask.shape != wrong.shape[: mask.dim()] or bool(mask.all()):
            continue
        rest = tuple(range(mask.dim(), wrong.dim()))
        inside = wrong.any(rest) if rest else wrong
        if not bool(inside[mask].any()) and inside[~mask].float().mean() > MOST:
            return Evidence("at-padding", t("right wherever argument {number} is True, else not", number=number))
        if not bool(inside[~mask].any()) and inside[mask].float().mean() > MOST:
            return Evidence("at-words", t("right wherever argument {number} is False, else not", number=number))
    return None


def _masks(arguments: Sequence[Any]) -> Iterable[tuple[int, Tensor]]:
    for number, value in enumerate(arguments, 1):
        if isinstance(value, Tensor) and value.dtype is torch.bool and value.dim() > 0:
            yield number, value


def _among_results(wrong: Tensor) -> Evidence | None:
    """Whether of several results one alone differs."""
    if int(wrong.sum()) != 1:
        return None
    place = int(wrong.int().argmax()) + 1
    return Evidence("at-one-place", t("only value {number} of {count} differs", number=place, count=len(wrong)))


def _by_axis(wrong: Tensor, axes: str) -> Evidence | None:
    """Whether along an axis only the first, only the last, or all but one of these differ."""
    letters = axes.split() if len(axes.split()) == wrong.dim() else [""] * wrong.dim()
    for axis, letter in enumerate(letters):
        size = wrong.shape[axis]
        others = tuple(place for place in range(wrong.dim()) if place != axis)
        along = (wrong.any(others) if others else wrong).tolist()
        if size > 1 and (found := _pattern(along)):
            cause, words = found
            if wrong.dim() == 1 and not letter and size < FEWEST_IN_ORDER:
                cause = "at-one-place"
            where = letter or (t("dimension {number}", number=axis) if wrong.dim() > 1 else "")
            if "B" in letters[:axis] + letters[axis + 1 :]:  # a panel shows one sentence, which may well be right
                return Evidence(cause, t("{which} along {axis}, over all sentences", which=words, axis=where))
            return Evidence(cause, t("{which} along {axis}", which=words, axis=where) if where else words)
    return None


def _pattern(wrong: list[bool]) -> tuple[str, Words] | None:
    """What a row of places looks like, True where one differs. Of two places the one that differs is told alone."""
    count = len(wrong)
    patterns: Sequence[tuple[str, Words, bool]] = (
        ("at-the-first", t("only the first of {count} differs", count=count), wrong[0] and not any(wrong[1:])),
        ("at-the-last", t("only the last of {count} differs", count=count), wrong[-1] and not any(wrong[:-1])),
        ("after-the-first", t("only the first of {count} is right", count=count), not wrong[0] and all(wrong[1:])),
        ("before-the-last", t("only the last of {count} is right", count=count), not wrong[-1] and all(wrong[:-1])),
    )
    if sum(wrong) == 1 and (count == 2 or 0 < wrong.index(True) < count - 1):
        return "at-one-place", t("only place {place} of {count} differs", place=wrong.index(True), count=count)
    return next(((cause, words) for cause, words, fits in patterns if fits and count > 2), None)
