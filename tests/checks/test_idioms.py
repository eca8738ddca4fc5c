"""Answers as the field's own codebases write them: what fits the docstring passes, the usual slips do not.

`make idioms` tries each on 100 draws (IDIOM_DRAWS).
"""

from collections import Counter

import pytest
import zoo_cases as zoo
from idiom_cases import EXERCISES, IDIOMS, is_right, misjudged

# a learner's warnings are not errors
pytestmark = pytest.mark.filterwarnings("default")

LEAST = 3  # right variants of an exercise, those of the zoo among them


@pytest.mark.parametrize("idiom", IDIOMS, ids=zoo.name)
def test_idioms_of_the_field_are_judged_by_what_they_do(idiom):
    assert misjudged(idiom) == {}


def test_each_exercise_with_a_counterpart_has_right_variants_and_a_slip():
    right = Counter(animal.exercise for animal in [*zoo.RIGHT, *filter(is_right, IDIOMS)])
    slips = Counter(idiom.exercise for idiom in [*zoo.WRONG, *IDIOMS] if not is_right(idiom))
    assert {exercise: right[exercise] for exercise in EXERCISES if right[exercise] < LEAST} == {}
    assert {exercise for exercise in EXERCISES if not slips[exercise]} == set()


def test_a_right_one_that_fails_and_a_slip_that_passes_are_told(monkeypatch):
    right = next(filter(is_right, IDIOMS))
    assert misjudged(right, 1) == {}
    monkeypatch.setattr("idiom_cases.is_right", lambda idiom: False)
    assert set(misjudged(right, 1)) == {None, 0}
