"""No answer that looks at nothing passes: what is wanted changes with the draw, in more ways than can be guessed."""

from collections import Counter
from functools import cache
from inspect import signature
from math import comb, prod

import pytest
import replay_cases as replay
import torch
from replay_cases import Drawn
from torch import Tensor

from autograder.checks.framework.check import Check
from autograder.checks.reference import reference_answer
from autograder.checks.registry import checks_of
from autograder.course.lessons import Lesson, all_lessons
from autograder.subjects.codec import decode

SECRETS = 20
WANTED = 10**6  # a single guess at everything succeeds less than once in so many times
MOST = 640  # draws by which so many values must show
#: What is looked for there in the playground is the same for everybody, and the answer takes no arguments.
SAME_FOR_ALL = {"swap_the_roles", "free_and_needed", "hide_and_read_off"}
EXERCISES = [
    (lesson, check) for lesson in all_lessons() for check in checks_of(lesson.number) if check.slug not in SAME_FOR_ALL
]
every_exercise = pytest.mark.parametrize(("lesson", "check"), EXERCISES, ids=[check.slug for _, check in EXERCISES])


@cache
def draws(lesson: Lesson, check: Check, first: int, last: int) -> tuple[Drawn, ...]:
    return tuple(replay.drawn(lesson, check, f"secret {number}") for number in range(first, last))


@pytest.mark.parametrize("slug", sorted(SAME_FOR_ALL))
def test_what_is_left_out_asks_nothing(slug):
    [lesson] = [lesson for lesson in all_lessons() if slug in {check.slug for check in checks_of(lesson.number)}]
    assert not signature(reference_answer(lesson, slug)).parameters


@every_exercise
def test_no_answer_that_says_again_what_others_were_asked_passes(lesson, check):
    """Call by call; by how the arguments look; and what is wanted most often."""
    known, cases = replay.recorded(lesson, check), draws(lesson, check, 0, SECRETS)
    assert replay.verdict_of(lesson, check, cases[0], replay.replay(cases[0], [])).passed, "the replay is at fault"
    for choose in (replay.replay, replay.by_looks, replay.most_common):
        passed = [
            number
            for number, case in enumerate(cases)
            if replay.verdict_of(lesson, check, case, choose(known, [*cases[:number], *cases[number + 1 :]])).passed
        ]
        assert passed == [], choose.__name__


@pytest.mark.long
@every_exercise
def test_what_is_wanted_has_more_values_than_can_be_guessed(lesson, check):
    """Stages draw for themselves, so their numbers of values multiply."""
    cases, count = draws(lesson, check, 0, SECRETS), SECRETS
    while (found := prod(values_of_stages(cases))) < WANTED and count < MOST:
        cases, count = (*cases, *draws(lesson, check, count, 2 * count)), 2 * count
    assert found >= WANTED, f"about {found:.0f} values: {[round(each) for each in values_of_stages(cases)]}"


def values_of_stages(cases: tuple[Drawn, ...]) -> list[float]:
    """How many values each stage can want, at least: by how seldom two draws agree.

    Numbers that are drawn from a continuum are counted one by one.
    """
    counts = []
    for replies in zip(*(case.stages for case in cases), strict=True):
        floats = [number for stage in replies for number in floats_in([decode(reply) for reply in stage])]
        counts.append(max(seldom_equal([tuple(stage) for stage in replies]), seldom_equal(floats)))
    return counts


def seldom_equal(items: list) -> float:
    """Of how many equally probable values these can be: where no two are equal, by the rule of three."""
    equal = sum(comb(times, 2) for times in Counter(items).values())
    return max(1.0, comb(len(items), 2) / (equal + 3))


def floats_in(value: object) -> list[float]:
    if isinstance(value, Tensor):
        return value.flatten().tolist() if value.is_floating_point() else []
    if isinstance(value, float):
        return [value]
    if isinstance(value, dict):
        return floats_in(list(value.values()))
    return [number for item in value for number in floats_in(item)] if isinstance(value, list | tuple) else []


def test_values_are_counted_by_how_seldom_two_are_equal():
    chance = torch.Generator().manual_seed(1)
    for size in (2, 10, 100):
        found = seldom_equal(torch.randint(0, size, (2000,), generator=chance).tolist())
        assert size * 0.9 < found < size * 1.1
    assert seldom_equal([1, 1, 1]) == 1
    assert seldom_equal(list(range(1000))) > 10**5
