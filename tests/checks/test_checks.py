"""The frame of the checks: comparison, drawing, recording, verdicts and their words."""

import math

import numpy
import pytest
import torch

from autograder.checks.framework.check import Check, Sign, stage
from autograder.checks.framework.compare import brief, difference
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Failed, FreshCase, RecordedCase, RecordingCase, Trial
from autograder.checks.registry import UnknownExercise, all_checks, find_check
from autograder.checks.wording.advice import advice_on
from autograder.subjects.codec import Opaque, decode, encode
from autograder.subjects.subject import AnswerError, LocalSubject
from autograder.verdict import Raised, Verdict


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0001], dtype=torch.float64)),
        (torch.tensor([1, 2]), torch.tensor([1, 2], dtype=torch.int32)),
        (torch.tensor(0.5), 0.5),
        (0.5, torch.tensor([0.5])),
        ([1, (2, "a")], (1, [2, "a"])),
        ({"a": torch.ones(2)}, {"a": torch.ones(2)}),
        (math.nan, math.nan),
        (torch.tensor([math.inf, math.nan]), torch.tensor([math.inf, math.nan])),
        (None, None),
    ],
    ids=range(9),
)
def test_alike(expected, got):
    assert difference(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "kind", "place"),
    [
        (torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 2.01]]), "value", "[0, 1]"),
        (torch.zeros(2, 3), torch.zeros(3, 2), "shape", ""),
        (torch.zeros(2), torch.zeros(2).long(), "dtype", ""),
        (torch.ones(2).bool(), torch.ones(2).long(), "dtype", ""),
        (torch.zeros(2), None, "type", ""),
        (torch.zeros(2), Opaque("Tensor"), "type", ""),
        (torch.zeros(2), decode(encode(numpy.zeros(2))), "type", ""),
        (torch.tensor([0.0]), torch.tensor([math.nan]), "value", "[0]"),
        ([1, 2], [1], "length", ""),
        ([1, [2, 3]], [1, [2, 4]], "value", "[1][1]"),
        ({"a": 1}, {"b": 1}, "keys", ""),
        ({"a": 1}, {"a": 2}, "value", "['a']"),
        (1, True, "type", ""),
        (True, 1, "type", ""),
        ("a", "b", "value", ""),
        (0.5, math.inf, "value", ""),
    ],
    ids=range(16),
)
def test_different(expected, got, kind, place):
    found = difference(expected, got)
    assert (found.kind, found.place) == (kind, place)


def test_the_first_difference_is_shown_and_the_margin_of_the_worst():
    found = difference(torch.tensor([1.0, 1.0, 1.0, 1.0]), torch.tensor([1.0, 1.1, 1.5, 1.2]))
    assert (found.place, found.expected, found.got) == ("[1]", "1", "1.1")
    assert found.margin == pytest.approx(0.5 / (1e-5 + 1e-4), rel=1e-3)


def test_shapes_carry_their_dimension_letters():
    found = difference(torch.zeros(3, 5), torch.zeros(5, 3), axes="B S")
    assert (str(found.expected), str(found.got)) == ("shape (B=3, S=5)", "shape (5, 3)")


def test_long_values_are_cut():
    assert len(brief(list(range(1000)))) <= 160
    assert brief([1, 2.123456789, "a"]) == "[1, 2.1235, 'a']"


def test_drawn_sizes_and_lengths_differ():
    draw = Draw(FreshCase(), generator())
    for _ in range(20):
        assert len(set(draw.sizes(4, 3, 7))) == 4
        lengths = draw.mask(4, 6).sum(1).tolist()
        assert sorted(lengths) == [3, 4, 5, 6]
    assert len(set(draw.words(11))) == 11


class Doubling(Check):
    slug = defines = "double"
    causes = {"tripled": "It is three times as much. How often did you add it?"}
    hints = ("What is twice a number?",)

    @stage("small numbers")
    def small(self, trial):
        x = trial.draw.normal(3)
        trial.equal(*trial.both(x), suspects={"tripled": 3 * x})

    @stage("no numbers")
    def empty(self, trial):
        trial.equal(*trial.both(torch.zeros(0)))


def double(x):
    return 2 * x


def verdict_of(answer, case=None):
    return Doubling().run(Trial(LocalSubject(answer), case or FreshCase(), LocalSubject(double), generator()))


def test_a_pass_is_one_line():
    assert verdict_of(double).text() == "✓ double: all 2 stages passed"


def test_a_failure_names_stage_cause_and_both_sides_and_never_the_code():
    found = verdict_of(lambda x: x + x + x)
    assert (found.status, found.stage, found.name, found.cause) == ("failed", 1, "small", "tripled")
    assert found.margin > 100
    text = found.text()
    assert "stage 1 of 2: small numbers" in text
    assert "How often did you add it?" in text
    assert 'hint("double")' in text
    assert "expected" in text
    assert "2 *" not in text


def test_the_reason_for_a_table_shows_no_values():
    found = verdict_of(lambda x: x + 1)
    assert found.expected not in found.reason()
    assert found.reason().startswith("small numbers: ")


@pytest.mark.parametrize(
    ("answer", "status", "cause"),
    [
        (lambda x: None, "failed", "returned-none"),
        (lambda x: x.tolist(), "failed", "wrong-type"),
        (lambda x: x[:1], "failed", "wrong-size"),
        (lambda x: x[None], "failed", "wrong-shape"),
        (lambda x: x.long(), "failed", "wrong-dtype"),
        (lambda x: x.nothing(), "error", "raised"),
        (lambda: 1, "error", "raised"),
        (lambda x: {x}, "failed", "wrong-type"),
    ],
    ids=range(8),
)
def test_general_causes(answer, status, cause):
    found = verdict_of(answer)
    assert (found.status, found.cause) == (status, cause)


class Signed(Doubling):
    causes = {"halved": "Which way does a number grow?", "raised": "Which kind of number is it?"}
    signs = {"halved": Sign("ZeroDivisionError|TypeError", "division", r"/")}
    small = Doubling.small


@pytest.mark.parametrize(
    ("answer", "cause", "question"),
    [
        (lambda x: 1 / 0, "halved", "Which way does a number grow?"),
        (lambda x: divmod(1, 0), "raised", "Which kind of number is it?"),
        (lambda x: "a" / 2, "raised", "Which kind of number is it?"),
        (lambda x: None.division / 2, "raised", "A value on that line is None."),
    ],
    ids=("all fits", "another line", "another message", "another kind"),
)
def test_an_error_has_the_cause_whose_sign_fits_in_all_three(answer, cause, question):
    found = Signed().run(Trial(LocalSubject(answer), FreshCase(), LocalSubject(double), generator()))
    assert (found.status, found.cause) == ("error", cause)
    assert found.advice.template.startswith(question)


@pytest.mark.parametrize("knows_more", [False, True])
def test_a_view_of_what_a_transpose_has_put_out_of_order_is_explained_in_every_exercise(knows_more):
    with pytest.raises(RuntimeError) as caught:
        torch.zeros(2, 3, 4).transpose(1, 2).view(2, -1)
    found = advice_on(AnswerError("RuntimeError", str(caught.value)), knows_more)
    assert "side by side in memory" in str(found)


def test_every_sign_tells_a_cause_that_the_check_has():
    for check in all_checks().values():
        assert set(check.signs) <= set(check.causes), check.slug


def test_not_attempted():
    def unwritten(x):
        raise NotImplementedError

    found = verdict_of(unwritten)
    assert (found.status, found.reason()) == ("not_attempted", "not attempted")
    assert "still to do" in found.text()


def test_a_recorded_case_needs_no_reference_and_gives_the_same_verdict():
    case = RecordingCase()
    assert verdict_of(double, case).passed
    replayed = RecordedCase(case.recorded())
    assert Doubling().run(Trial(LocalSubject(double), replayed)).passed
    again = RecordedCase(case.recorded())
    assert Doubling().run(Trial(LocalSubject(lambda x: 3 * x), again)).cause == "tripled"


def test_a_suspect_is_named_only_when_it_fits():
    trial = Trial(LocalSubject(double), FreshCase(), LocalSubject(double), generator())
    with pytest.raises(Failed) as caught:
        trial.equal(1.0, 5.0, suspects={"tripled": 3.0})
    assert caught.value.cause == "differs"


def test_every_check_has_three_hints_without_code_and_a_question_for_each_cause():
    for check in all_checks().values():
        assert len(check.hints) == 3, check.slug
        assert check.hints[0].rstrip().endswith("?"), check.slug
        for hint in check.hints:
            assert 5 <= len(hint.split()) <= 60, hint
            assert "\n" not in hint
            assert "return " not in hint
        for question in check.causes.values():
            assert question.rstrip().endswith(("?", ".")), question


def test_an_unknown_exercise_lists_those_there_are():
    with pytest.raises(UnknownExercise, match="pad_batch"):
        find_check("no_such")


def test_what_an_answer_says_cannot_pass_for_a_line_of_the_check():
    sly = "ValueError:\n✓ encoder: all 3 stages passed\r✓"
    for shown in ({"got": sly}, {"given": sly}, {"raised": Raised(sly, sly, 3, ((sly, sly),))}):
        text = Verdict("encoder", "error", 1, 3, **shown).text()
        assert "ValueError" in text
        assert not any(line.startswith("✓") for line in text.splitlines())


def test_lists_in_lists_are_shown_briefly():
    value = 1
    for _ in range(40):
        value = [value] * 20
    assert len(str(brief(value))) == 160
