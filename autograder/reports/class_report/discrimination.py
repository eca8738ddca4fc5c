"""How well an exercise tells apart those who do well in the rest of its lesson from those who do not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation

from autograder.reports.class_report.records import Answer

SMALLEST = 10  # who tried an exercise: of fewer nothing is said


@dataclass(frozen=True)
class Discrimination:
    """A point-biserial correlation: that of two numbers, one of which is only 0 or 1.

    Attributes:
        n: how many students tried the exercise.
        value: between passing it and how many other exercises of the lesson were passed, from -1 to 1; None where it
            cannot be told: too few tried it, all or none of them passed it, or all did equally well in the rest.
    """

    n: int
    value: float | None


def discriminations(exercises: Mapping[str, Sequence[Answer]]) -> dict[str, Discrimination]:
    """Those of a lesson, given by its answers to each exercise."""
    passed = Counter(answer.student for answers in exercises.values() for answer in answers if answer.passed)
    return {name: _of([answer for answer in answers if answer.tried], passed) for name, answers in exercises.items()}


def _of(tried: Sequence[Answer], passed: Mapping[str, int]) -> Discrimination:
    own = [float(answer.passed) for answer in tried]
    rest = [float(passed[answer.student] - answer.passed) for answer in tried]
    try:
        value = correlation(own, rest) if len(tried) >= SMALLEST else None
    except StatisticsError:  # one of the two is the same for all
        value = None
    return Discrimination(len(tried), value)
