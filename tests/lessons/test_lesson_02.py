"""Lesson 02: what the lesson says of the grid, of its controls and of the places of wrong words, from five seeds."""

from statistics import mean

import pytest

from lessons.earlier.lesson_02 import find_knee
from lessons.experiments.trainings import CONTEXT_SIZES
from lessons.toolkit.figures import context, context_questions
from lessons.toolkit.results import in_words, load_results, runs_of, worst_to_best


def runs(name):
    """The runs of one training, seed by seed."""
    return runs_of(load_results("02_context_limit"), name)


def grid():
    """Size of the context → its runs."""
    return {size: runs(f"context of {size}") for size in CONTEXT_SIZES} | {128: runs("baseline")}


def knees(found):
    return [find_knee(dict(enumerate(run["exact_match"], start=1)), trained_up_to=6) for run in found]


def errors(name, clause, places):
    """The mean over seeds and places of the share of wrong words of a clause, from 0."""
    tables = [run["by_clause_and_place"] for run in runs(name)]
    return mean(table["wrong"][clause][p] / table["words"][clause][p] for table in tables for p in places)


# --- the grid -------------------------------------------------------------------------------------------------


def test_the_grid_has_five_seeds_and_equal_models():
    parameters = [run["parameters"] for found in grid().values() for run in found]
    assert all(len({run["seed"] for run in found}) >= 5 for found in grid().values())
    assert max(parameters) <= 1.05 * min(parameters)


def test_twenty_times_the_numbers_move_the_knee_by_two_clauses():
    found = {size: knees(of_size) for size, of_size in grid().items()}
    assert all(low <= 2 for low in found[6])
    assert all(3 <= high <= 4 for high in found[128])
    assert mean(found[128]) - mean(found[6]) == pytest.approx(2, abs=0.5)
    assert sorted(map(mean, found.values())) == list(map(mean, found.values()))


def test_at_six_clauses_every_size_fails():
    assert max(run["exact_match"][5] for found in grid().values() for run in found) < 0.05


# --- the controls ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["baseline, four times the steps", "baseline, H = 512"])
def test_what_is_practised_comes_out_right_and_what_is_new_does_not(name):
    for run in runs(name):
        assert run["seen_exact_match"][5] > 0.9
        assert run["exact_match"][5] < 0.4


@pytest.mark.parametrize("name", ["reversed source", "half the rate", "double the rate"])
def test_order_and_rate_do_not_bring_six_clauses_back(name):
    assert max(run["exact_match"][5] for run in runs(f"baseline, {name}")) < 0.1


# --- clause and place -----------------------------------------------------------------------------------------


def test_within_the_first_clause_errors_rise_with_the_place():
    first, second, sixth = (errors("baseline", 0, [place]) for place in (0, 1, 5))
    assert first < 0.03
    assert first < second < sixth
    assert sixth > 0.2


def test_at_the_same_place_the_first_clause_has_at_most_a_small_advantage():
    places = range(2, 6)
    first, second, third = (errors("baseline", clause, places) for clause in range(3))
    assert first > 0.6 * max(second, third)


def test_at_the_same_place_the_last_clause_fails_less_often_whatever_is_read_first():
    places = range(12, 17)
    for name in ("baseline", "baseline, reversed source"):
        assert errors(name, 5, places) < 0.9 * errors(name, 4, places)


def test_reading_backwards_does_not_turn_the_curve_round():
    forwards, backwards = (
        [mean(column) for column in zip(*(run["clause_errors"][5] for run in runs(name)), strict=True)]
        for name in ("baseline", "baseline, reversed source")
    )
    assert backwards[0] > 0.8 * forwards[0]
    assert backwards[5] < 1.1 * forwards[5]
    assert min(forwards) == forwards[0]
    assert min(backwards) == backwards[0]


# --- what is printed ------------------------------------------------------------------------------------------


def test_shares_are_written_from_the_worst_run_to_the_best():
    found = [{"exact_match": [0.98, 0.095]}, {"exact_match": [0.98, 0.4]}, {"exact_match": [0.976, 1.0]}]
    assert worst_to_best(found, "exact_match", (1, 2)) == ["98 %", "10 to 100 %"]
    assert in_words({"a": found, "b": found[:1]}, "exact_match", (1,)) == "a: 98 %; b: 98 %"


COUNTS = {"words": [[4, 2, 0], [0, 6, 2]], "wrong": [[1, 1, 0], [0, 3, 2]]}


def test_knees_are_printed_with_the_first_length_below_a_half(capsys):
    context.print_knees({6: [2, None]}, {6: [{"exact_match": [0.4, 0.1]}, {"exact_match": [0.9, 0.6]}]})
    assert capsys.readouterr().out == "C =   6  knee of each seed: 2, None   below 50 %: 1, None\n"


def test_a_place_shows_its_share_and_n_in_brackets_where_words_are_few(capsys):
    context.print_places([COUNTS, COUNTS], clauses=(0, 1), places=range(2), least=3)
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.split("  ")[-1].strip() == "(–, n = 0)"
    assert "25%, n = 4" in first
    assert "(50%, n = 2)" in second
    assert second.endswith(" 50%, n = 6")
    assert context.mean_errors([COUNTS], 1, (1, 2)) == pytest.approx(0.75)


def test_steps_count_what_is_still_read_and_what_is_written_before(capsys):
    links, clauses = [[(0, 1), (2, 0)]], [[0, 0, 1]]
    forwards = context.steps_by_clause(links, clauses, [4], links)
    backwards = context.steps_by_clause(links, clauses, [4], [[(2, 1), (0, 0)]])
    assert (forwards, backwards) == ([5, 2], [3, 4])
    context.print_steps({"backwards": backwards})
    assert capsys.readouterr().out.split() == "backwards clauses 1 to 2: 3.0 4.0 mean 3.5".split()


# --- what is asked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (context_questions.four_clauses({1: 0.9, 4: 0.3}), "b"),
        (context_questions.knee_moves({6: [2, 2], 128: [4, 4]}), "b"),
        (context_questions.knee_moves({6: [2, 2], 128: [4, None]}), "d"),
        (context_questions.parting(), "b"),
        (context_questions.worst_clause([0.1, 0.3, 0.2]), "b"),
        (context_questions.worst_clause([0.1, 0.2, 0.3]), "c"),
        (context_questions.backwards([0.2, 0.1]), "a"),
        (context_questions.backwards([0.2, 0.19]), "b"),
    ],
)
def test_what_was_found_says_which_option_is_right_and_why_the_others_tempt(found, right):
    assert found["right"] == right
    assert found["measured"].endswith(".")
    assert set(found) >= {"right", "measured"}


def test_every_reason_belongs_to_an_option():
    asked = {
        "FOUR_CLAUSES": context_questions.four_clauses({1: 0.9, 4: 0.3}),
        "KNEE_MOVES": context_questions.knee_moves({6: [2], 128: [4]}),
        "PARTING": context_questions.parting(),
        "SEEN_AND_NEW": context_questions.seen_and_new(runs("baseline, four times the steps")),
        "WORST_CLAUSE": context_questions.worst_clause([0.1, 0.3, 0.2]),
        "SAME_PLACE": context_questions.same_place([run["by_clause_and_place"] for run in runs("baseline")]),
        "BACKWARDS": context_questions.backwards([0.2, 0.19]),
    }
    for name, found in asked.items():
        options = getattr(context_questions, name).keys() - {"question"}
        assert found.keys() - {"right", "measured", found["right"]} == options - {found["right"]}
