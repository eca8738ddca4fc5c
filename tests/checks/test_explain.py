"""What the machine finds of a difference that no check foresees, on values at hand, and what it keeps to itself."""

import math

import pytest
import torch

from autograder.checks.framework.calling_again import by_calling_again
from autograder.checks.framework.check import Check, stage
from autograder.checks.framework.compare import brief
from autograder.checks.framework.explain import explain
from autograder.checks.framework.trial import Failed, FreshCase, Trial
from autograder.checks.wording.causes import GENERAL_CAUSES
from autograder.subjects.subject import LocalSubject

X = torch.tensor([[0.3, -1.2, 2.5, 0.7], [1.9, 0.4, -0.6, 3.1], [-2.2, 1.1, 0.9, -0.8]])  # (B=3, S=4)
POSITIVE = X.abs() + 0.1
MASK = torch.tensor([[True, True, False, False], [True, True, True, True], [True, False, False, False]])
WORDS = ["ba", "de", "fi", "go"]


def changed(value, place, number):
    other = value.clone()
    other[place] = number
    return other


CASES = [
    ("nan", X, changed(X, (1, 2), math.nan)),
    ("zero", X, torch.zeros_like(X)),
    ("zero", -2.8198, 0.0),
    ("constant", X, torch.full_like(X, 2.0)),
    ("negated", X, -X),
    ("negated", 0.7, -0.7),
    ("complement", X, 1 - X),
    ("complement", 0.3, 0.7),
    ("reciprocal", POSITIVE, 1 / POSITIVE),
    ("reciprocal", 0.3, 1 / 0.3),
    ("logarithm", POSITIVE, POSITIVE.log()),
    ("exponential", X, X.exp()),
    ("square", POSITIVE, POSITIVE**2),
    ("root", POSITIVE, POSITIVE.sqrt()),
    ("factor", X, 3 * X),
    ("factor", [1, 2, 5], [2, 4, 10]),
    ("factor", 0.37, 37.0),
    ("offset", X, X + 0.25),
    ("offset", [3, 5, 4], [4, 6, 5]),
    ("offset", {"a": 1, "b": 5}, {"a": 0, "b": 4}),
    ("transposed", X, X.T),
    ("transposed", X[:, :3], X[:, :3].T),
    ("other-shape", X, X.flatten()),
    ("other-shape", X[0], X[:1]),
    ("reversed", X, X.flip(1)),
    ("reversed", WORDS, WORDS[::-1]),
    ("one-late", X, torch.cat([torch.zeros(3, 1), X[:, :-1]], dim=1)),
    ("one-late", WORDS, ["zu", *WORDS[:-1]]),
    ("one-early", X, torch.cat([X[1:], torch.zeros(1, 4)])),
    ("one-early", WORDS, [*WORDS[1:], "zu"]),
    ("reordered", X, X[torch.tensor([1, 0, 2])]),
    ("reordered", WORDS, ["de", "ba", "fi", "go"]),
    ("not-reduced", X.sum(1), X),
    ("reduced", X, X.mean(0)),
    ("results-swapped", (X, MASK), (MASK, X)),
    ("too-many", WORDS, [*WORDS, "zu"]),
    ("too-many", WORDS, ["ba", "zu", *WORDS[1:]]),
    ("too-few", WORDS, WORDS[1:]),
    ("one-of-several", X, (MASK, X)),
    ("other-kind", X, X.tolist()),
    ("other-kind", [1, 2, 5], torch.tensor([1, 2, 5])),
    ("inverted", MASK, ~MASK),
    ("at-padding", X * MASK, X),
    ("at-words", X * MASK, X * ~MASK * 0.0 + X * MASK * 1.5 + changed(X * MASK, (0, 0), 9.0) * 0),
    ("at-the-first", X, changed(X, (slice(None), 0), torch.tensor([8.0, 9.0, 7.0]))),
    ("at-the-last", X, changed(X, 2, torch.tensor([8.0, 9.0, 7.0, 5.0]))),
    ("after-the-first", [4, 7, 2, 9], [4, 1, 8, 3]),
    ("at-one-place", (0.5, 0.13), (0.5, 1.0)),
    ("at-one-place", (0, 0.31), (0, 0.37)),  # no factor: of the 0 it says nothing
    ("at-one-place", torch.tensor([0.5, 0.7, 0.2]), torch.tensor([0.5, 0.1, 0.9])),  # three shares, no order
    ("at-one-place", {4: [1.0, 2.4, 0.6], 6: [0.2, 3.2, 0.8]}, {4: [1.0, 15.0, 0.6], 6: [0.2, 15.0, 0.8]}),
    ("at-one-place", torch.tensor([[0.75, 0.25], [0.7, 0.25]]), torch.tensor([[1.0, 0.25], [1.0, 0.25]])),
    ("offset", -2.8198, -1.8198),
    ("before-the-last", [4, 7, 2, 9], [3, 1, 8, 9]),
]


@pytest.mark.parametrize(("cause", "expected", "got"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_what_explains_a_difference_is_found(cause, expected, got):
    if cause == "at-words":  # no factor and no offset: each word is wrong in its own way
        got = torch.where(MASK, X**3 - 1, expected)
    found = explain(expected, got, (X, MASK), "B S")
    assert found is not None
    assert found.cause == cause
    assert str(found.words)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (X, X**3 - X),
        (0.37, 0.52),
        (3, 6),
        (0, 5),
        (0.0, 1.0),
        (1.0, 3.0),
        ([1, 2], [5, 3]),
        (WORDS, ["zu", "te", "fi", "wo"]),
        ("ba", "de"),
        (True, False),
        (MASK, MASK.roll(1, 0) ^ MASK.roll(1, 1)),
        ({"a": 1}, {"b": 1}),
        (X, torch.zeros(2, 7)),
        (torch.tensor(math.inf), torch.tensor(1.0)),
        (torch.zeros(0), torch.zeros(0, 1)),
        (None, 3),
    ],
    ids=range(16),
)
def test_what_could_be_chance_is_not_said(expected, got):
    assert explain(expected, got, (X, MASK)) is None


def test_the_words_say_how_much():
    assert str(explain(X, 3 * X).words) == "each of yours: 3 times the expected value"
    assert str(explain(X, X / 4).words) == "each of yours: 1/4 times the expected value"
    assert str(explain([3, 5, 4], [4, 6, 5]).words) == "each of yours: 1 more than expected"
    assert str(explain((0, 0.31), (0, 0.37)).words) == "only value 2 of 2 differs"
    assert str(explain(X, X.T, axes="B S").words) == "yours with B and S exchanged: as expected"
    assert str(explain(X * MASK, X, (X, MASK), "B S").words) == "right wherever argument 2 is True, else not"


def test_a_pattern_over_a_batch_is_said_to_be_one_for_a_panel_shows_a_single_sentence():
    wrong = changed(X, (torch.tensor([0, 2]), slice(1, 4)), torch.tensor([[8.0, 9.0, 7.0], [6.0, 4.0, 8.0]]))
    assert str(explain(X, wrong, axes="B S").words) == "only the first of 4 is right along S, over all sentences"
    assert str(explain(X[0], wrong[0], axes="S").words) == "only the first of 4 is right along S"


def test_values_too_large_to_look_at_are_left_alone():
    large = torch.arange(30_000.0)
    assert explain(large, 3 * large) is None


class Subtracting(Check):
    slug = defines = "subtract"
    causes = {"added": "That is the sum. What is asked for?"}

    @stage("two tensors")
    def tensors(self, trial):
        one, other = trial.draw.normal(3, 4), trial.draw.normal(3, 4)
        trial.equal(*trial.both(one, other), suspects={"added": one + other})

    @stage("several lists")
    def lists(self, trial):
        pairs = [trial.both(list(range(size)), [3]) for size in (5, 2, 4)]
        trial.equal(*map(list, zip(*pairs, strict=True)))


def subtract(one, other):
    return one - other if torch.is_tensor(one) else [number - 2 for number in one]


def verdict_of(answer):
    generator = torch.Generator().manual_seed(1)
    return Subtracting().run(Trial(LocalSubject(answer), FreshCase(), LocalSubject(subtract), generator))


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (lambda one, other: one + other, "added"),
        (lambda one, other: other * 2 - one * other, "differs"),
        (lambda one, other: 3 * (one - other), "factor"),
        (lambda one, other: one * 2 + other.sum() * 0, "argument-unread"),
        (lambda one, other: one, "as-given"),
        (lambda one, other: torch.ones(3, 4), "constant"),
    ],
    ids=range(6),
)
def test_a_known_cause_goes_first_then_what_is_found(answer, cause):
    found = verdict_of(answer)
    assert (found.name, found.cause) == ("tensors", cause)
    question = Subtracting.causes.get(cause) or GENERAL_CAUSES[cause]
    assert question in found.text()
    assert ("compared" in found.text()) == (cause not in ("added", "differs"))


def test_exchanged_arguments_are_found_by_calling_once_more():
    def divide(one, other):
        return one / other

    def turned(one, other):
        return other / one

    trial = Trial(LocalSubject(turned), FreshCase(), LocalSubject(divide), torch.Generator().manual_seed(1))
    _ = trial.both(3.0, 7.0)
    call = trial._calls[0]
    assert by_calling_again(lambda arguments: turned(*arguments), call).cause == "arguments-exchanged"


def test_of_several_calls_the_smallest_that_differs_is_shown():
    def wrong_from_three(one, other):
        right = subtract(one, other)
        return right if torch.is_tensor(one) or len(one) < 3 else [number**3 for number in right[::-1]]

    found = verdict_of(wrong_from_three)
    assert found.name == "lists"
    assert str(found.given).startswith("[0, 1, 2, 3]")
    assert str(found.expected) == "[-2, -1, 0, 1]"


def test_an_answer_that_fails_when_it_is_called_again_gets_its_verdict():
    calls = []

    def once(one, other):
        calls.append(1)
        if len(calls) > 1:
            raise ValueError("no more")
        return one * other * 2 - one

    assert verdict_of(once).cause == "differs"
    assert len(calls) > 1


def test_what_is_found_on_inputs_that_nobody_is_to_see_is_hidden():
    found = verdict_of(lambda one, other: 3 * (one - other))
    assert "3 times" in found.text()
    hidden = found.hide()
    assert "3 times" not in hidden.text() + hidden.reason()
    assert GENERAL_CAUSES["factor"] in hidden.text()
    assert type(found).from_data(found.to_data()).text() == found.text()


def test_every_cause_that_is_found_has_a_case_here():
    here = {case[0] for case in CASES} | {"as-given", "arguments-exchanged", "argument-unread"}
    causes = list(GENERAL_CAUSES)
    assert set(causes[causes.index("nan") : causes.index("unusable")]) == here


def test_no_general_question_asks_for_what_is_missing():
    assert not [cause for cause, question in GENERAL_CAUSES.items() if "which step" in question.lower()]


def test_a_tuple_is_shown_as_one_and_a_long_list_by_its_first_difference():
    assert str(brief(((1, 2), [3], (4,)))) == "((1, 2), [3], (4,))"

    def counts(one, other):
        return list(range(30)) if other is None else [*range(25), *one]

    trial = Trial(LocalSubject(counts), FreshCase())
    with pytest.raises(Failed) as caught:
        trial.equal(counts([], None), counts([7, 9, 1, 0, 5], 0))
    assert (str(caught.value.expected), str(caught.value.got)) == ("[25]: 25", "[25]: 7")


def test_results_in_the_other_order_are_named_though_a_check_looks_at_one_after_the_other():
    def halves(x):
        return x[:1], x[1:]

    trial = Trial(LocalSubject(lambda x: halves(x)[::-1]), FreshCase(), LocalSubject(halves))
    expected, got = trial.both(X)
    with pytest.raises(Failed) as caught:
        trial.equal(expected[0], got[0])
    assert caught.value.evidence.cause == "results-swapped"


def test_none_inside_a_value_is_not_taken_for_a_function_that_returns_nothing():
    trial = Trial(LocalSubject(len), FreshCase())
    with pytest.raises(Failed) as caught:
        trial.equal([3, 1], [3, None])
    assert caught.value.cause == "wrong-type"


def test_too_few_items_in_another_order_are_not_said_to_be_as_expected():
    for got, told in (
        (["a", "b", "d"], "1 too few, the rest as expected"),
        (["d", "a"], "2 too few, the rest in another"),
    ):
        assert told in str(explain(["a", "b", "c", "d"], got).words)
