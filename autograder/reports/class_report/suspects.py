"""Exercises and answers to look at: what the best students fail, and what fails only on inputs that are not shown."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.reports.class_report.mistakes import Mistake, mistake_of
from autograder.reports.class_report.records import Answer

SMALLEST_CLASS = 20  # answers, below which a quarter of them says nothing
SMALLEST_REST = 5  # answers of others, with which those of the best are compared
CHANCE = 0.05  # how often chance alone may give such a difference

Exercise = tuple[str, str]


@dataclass(frozen=True)
class BestFail:
    """An exercise that the best students fail more often than the others.

    Attributes:
        lesson, exercise: which.
        best, best_passed: how many of the best tried it, and passed.
        others, others_passed: the same of the others.
        students: those of the best who failed.
    """

    lesson: str
    exercise: str
    best: int
    best_passed: int
    others: int
    others_passed: int
    students: tuple[str, ...]


@dataclass(frozen=True)
class FreshFail:
    """Answers to an exercise that fail in one way, and only on inputs that are not shown."""

    lesson: str
    exercise: str
    mistake: Mistake
    students: tuple[str, ...]


def best_fail(answers: Sequence[Answer]) -> list[BestFail]:
    """The exercises that the best quarter of the class fails more often than the others, and not by chance.

    The best are those with the highest share of the *other* exercises passed; of several with the same share all or
    none. Left out: what fewer than `SMALLEST_CLASS` students tried.
    """
    passed: dict[str, dict[Exercise, bool]] = defaultdict(dict)
    tried: dict[Exercise, list[Answer]] = defaultdict(list)
    for answer in answers:
        key = (answer.lesson, answer.exercise)
        passed[answer.student][key] = answer.passed
        if answer.tried:
            tried[key].append(answer)
    found = [_compared(key, group, passed) for key, group in tried.items() if len(group) >= SMALLEST_CLASS]
    return [one for one in found if _is_suspect(one)]


def _compared(key: Exercise, group: Sequence[Answer], passed: Mapping[str, Mapping[Exercise, bool]]) -> BestFail:
    shares = {answer.student: _share_of_others(passed[answer.student], key) for answer in group}
    limit = sorted(shares.values(), reverse=True)[math.ceil(len(group) / 4) - 1]
    best = [answer for answer in group if shares[answer.student] >= limit]
    others = [answer for answer in group if shares[answer.student] < limit]
    failed = tuple(sorted(answer.student for answer in best if not answer.passed))
    others_passed = sum(answer.passed for answer in others)
    return BestFail(*key, len(best), len(best) - len(failed), len(others), others_passed, failed)


def _share_of_others(passed: Mapping[Exercise, bool], key: Exercise) -> float:
    others = [value for other, value in passed.items() if other != key]
    return sum(others) / len(others) if others else 0.0


def _is_suspect(found: BestFail) -> bool:
    if found.others < SMALLEST_REST or found.best_passed / found.best >= found.others_passed / found.others:
        return False
    passed = found.best_passed + found.others_passed
    return chance_of_at_most(found.best_passed, found.best, passed, found.best + found.others) < CHANCE


def chance_of_at_most(hits: int, drawn: int, marked: int, total: int) -> float:
    """How likely at most `hits` of `marked` are among `drawn`, of `total` (the hypergeometric distribution)."""
    ways = sum(math.comb(marked, n) * math.comb(total - marked, drawn - n) for n in range(hits + 1))
    return ways / math.comb(total, drawn)


def fresh_fails(answers: Sequence[Answer]) -> list[FreshFail]:
    """The answers that pass on the inputs of the notebook and fail on others, by exercise and mistake."""
    found: dict[tuple[str, str, Mistake], list[str]] = defaultdict(list)
    for answer in answers:
        if answer.fresh:
            found[answer.lesson, answer.exercise, mistake_of(answer)].append(answer.student)
    return [FreshFail(*key, tuple(sorted(students))) for key, students in found.items()]
