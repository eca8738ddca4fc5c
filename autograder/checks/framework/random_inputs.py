"""Random inputs for checks: asymmetric, with pairwise different sizes, so that no mistake can hide."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from autograder.checks.framework.compare import difference

_FAR = 150  # tolerances between any two values that are to be told apart
_SYLLABLES = "ba de fi go ku la me ni po ru sa te vi wo zu".split()


class Case(Protocol):
    """Where a check's values come from."""

    def take(self, make: Callable[[], Any]) -> Any:
        """The next value: made by `make`, or read back."""


class Draw:
    """Draws inputs.

    Args:
        case: decides whether a value is drawn now or read back.
        generator: the source of randomness, None where everything is read back.
    """

    def __init__(self, case: Case, generator: torch.Generator | None):
        self._take, self._generator = case.take, generator

    def sizes(self, count: int, low: int = 2, high: int = 8) -> list[int]:
        """`count` different sizes from low to high, both included."""
        found: list[int] = self._take(lambda: [low + i for i in self._permutation(high - low + 1)[:count]])
        return found

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Normally distributed float32 numbers."""
        found: Tensor = self._take(lambda: torch.randn(*shape, generator=self._generator) * scale)
        return found

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """int64 numbers from low to high - 1."""
        found: Tensor = self._take(lambda: torch.randint(low, high, shape, generator=self._generator))
        return found

    def permutation(self, size: int) -> list[int]:
        """The numbers 0 to size - 1 in random order."""
        found: list[int] = self._take(lambda: self._permutation(size))
        return found

    def shuffled(self, items: Sequence[Any]) -> list[Any]:
        """The items in random order."""
        found: list[Any] = self._take(lambda: [items[i] for i in self._permutation(len(items))])
        return found

    def words(self, count: int) -> list[str]:
        """`count` different made-up words."""
        found: list[str] = self._take(lambda: [self._word(i) for i in self._permutation(len(_SYLLABLES) ** 2)[:count]])
        return found

    def mask(self, rows: int, length: int) -> Tensor:
        """(rows, length) bool: right padding, one row full, lengths as different as they can be, none empty."""
        found: Tensor = self._take(lambda: self._mask(rows, length))
        return found

    def _permutation(self, size: int) -> list[int]:
        return torch.randperm(size, generator=self._generator).tolist()

    def _mask(self, rows: int, length: int) -> Tensor:
        steps = [length - i % length for i in range(rows)]
        lengths = torch.tensor([steps[i] for i in self._permutation(rows)])
        return torch.arange(length).unsqueeze(0) < lengths.unsqueeze(1)

    @staticmethod
    def _word(number: int) -> str:
        first, second = divmod(number, len(_SYLLABLES))
        return _SYLLABLES[first] + _SYLLABLES[second]


class Inputs(Protocol):
    """Inputs of a check, with what the right answer and known mistakes would give for them."""

    def found(self) -> Mapping[str, Any]:
        """Name → value; no two may be alike."""


Drawn = TypeVar("Drawn", bound=Inputs)


def told_apart(make: Callable[[], Drawn]) -> Drawn:
    """Draw inputs until no two of their values are alike: then each mistake shows as what it is.

    Raises:
        AssertionError: 200 draws are not enough.
    """
    for _ in range(200):
        case = make()
        pairs = combinations(case.found().values(), 2)
        if all(found is not None and found.margin > _FAR for found in (difference(*pair) for pair in pairs)):
            return case
    raise AssertionError("no inputs found that tell all mistakes apart")
