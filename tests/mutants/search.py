"""Searches for inputs on which a mutant differs from the solution: what is said to be equivalent has to stand that.

The check of the exercise is run on many draws. Each call that it makes with plain values is made again, on both sides,
with values that no check has chosen: other numbers, other lengths of sentences, rows in another order, fewer of them.
"""

import signal
from collections.abc import Sequence
from typing import Any

import torch
from mutations import Mutant
from torch import Tensor

from autograder.checks.framework.compare import difference
from autograder.checks.framework.trial import Failed, FreshCase, Trial
from autograder.checks.reference import reference_answer
from autograder.checks.registry import find_check
from autograder.course.source import read_lesson
from autograder.subjects.cells import run_cells
from autograder.subjects.codec import CallbackName, Handle
from autograder.subjects.subject import AnswerError, LocalSubject, Subject

DRAWS, MORE_CALLS, SECONDS = 20, 5, 300


def difference_found(mutant: Mutant, draws: int = DRAWS) -> str:
    """Where a mutant differs from the solution, in words; "" where no input was found."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of the processor: ends the search, and says so by the signal
    subject, answer = _subject(mutant), reference_answer(mutant.lesson, mutant.exercise)
    for seed in range(draws):
        torch.manual_seed(seed)
        trial = _SearchingTrial(subject, LocalSubject(answer), torch.Generator().manual_seed(seed))
        verdict = find_check(mutant.exercise).run(trial)
        if not verdict.passed:
            break
    signal.setitimer(signal.ITIMER_PROF, 0)
    return "" if verdict.passed else verdict.text()


def _subject(mutant: Mutant) -> Subject:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    setup = [cell.source for cell in read_lesson(mutant.lesson.source).setup_cells]
    run_cells([*setup, mutant.code], namespace)
    return LocalSubject(namespace[find_check(mutant.exercise).defines])


class _SearchingTrial(Trial):
    """Makes each call of plain values some more times, with other values."""

    def __init__(self, subject: Subject, reference: Subject, generator: torch.Generator):
        super().__init__(subject, FreshCase(), reference, generator)
        self._sides = reference, subject
        self._random = torch.Generator().manual_seed(generator.initial_seed() + 1)

    def both(self, *data: Any, **named: Any) -> tuple[Any, Any]:
        """As a trial does; then with other values."""
        results = super().both(*data, **named)
        if not any(isinstance(value, Handle | CallbackName) for value in data):
            for _ in range(MORE_CALLS):
                self._compare(others(data, self._random), named)
        return results

    def _compare(self, data: Sequence[Any], named: dict[str, Any]) -> None:
        reference, subject = self._sides
        rest = {name: value for name, value in named.items() if name != "method"}
        method = named.get("method", "__call__")
        try:
            expected = reference.call(method, *data, **rest)
        except AnswerError:
            return  # no input of this exercise
        got = subject.call(method, *data, **rest)
        if found := difference(expected, got):
            raise Failed("differs", found.expected, found.got)


def others(data: Sequence[Any], random: torch.Generator) -> list[Any]:
    """Arguments like those given: lists that belong together keep together, sentences other lengths."""
    lengths = [len(value) for value in data if isinstance(value, list) and value]
    count = max(lengths, default=0)
    order = torch.randperm(count, generator=random).tolist()[: _between(1, count, random)] if count else []
    masks = {value.shape: _mask(value, random) for value in data if _is_mask(value)}
    return [_other(value, order, count, masks, random) for value in data]


def _other(value: Any, order: list[int], count: int, masks: dict, random: torch.Generator) -> Any:
    if _is_mask(value):
        return masks[value.shape]
    if isinstance(value, Tensor) and value.is_floating_point():
        return torch.randn(value.shape, generator=random) * 10 ** _between(-1, 1, random)
    if isinstance(value, list) and len(value) == count:
        return [value[place] for place in order]
    if isinstance(value, float):
        return float(torch.rand((), generator=random))
    return value


def _is_mask(value: Any) -> bool:
    return isinstance(value, Tensor) and value.dtype is torch.bool and value.dim() == 2


def _mask(mask: Tensor, random: torch.Generator) -> Tensor:
    """Right padding: a full row, the others of any length from 1."""
    rows, longest = mask.shape
    lengths = torch.randint(1, longest + 1, (rows,), generator=random)
    lengths[_between(0, rows - 1, random)] = longest
    return torch.arange(longest) < lengths.unsqueeze(1)


def _between(low: int, high: int, random: torch.Generator) -> int:
    return int(torch.randint(low, high + 1, (), generator=random))
