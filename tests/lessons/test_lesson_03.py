"""Lesson 03: the numbers by hand hold with room to spare, and so does what the lesson says of five seeds."""

import ast
import textwrap
from functools import partial

import pytest
import torch

from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson, stub_of
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    DotScore,
    FixedScore,
    GeneralScore,
    UniformScore,
    each_step,
    look_back,
    score_one,
)
from lessons.experiments import step_time
from lessons.experiments.lesson_03 import MODELS
from lessons.experiments.results_file import ResultsFile
from lessons.toolkit import results
from lessons.toolkit.batches import END
from lessons.toolkit.corpus import Link, SentencePair
from lessons.toolkit.figures import attention as attention_figures
from lessons.toolkit.figures import attention_shown as shown
from lessons.toolkit.figures import common as figures
from lessons.toolkit.results import load_results


def numbers_of_the_lesson():
    """The tensors of the cell that sets the pencil-sized example."""
    cells = read_lesson(find_lesson("03_attention").source).cells
    source = next(cell.source for cell in cells if cell.source.startswith('source, target = ["I"'))
    assignments = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    namespace = {"torch": torch}
    exec(compile(ast.Module(assignments, []), "numbers", "exec"), namespace)
    return namespace


def steps_by_hand():
    """Weights (3, S) of the three steps."""
    given = numbers_of_the_lesson()
    score = partial(score_one, layer=given["layer"], output=given["output"])
    return each_step(given["decoder_states"], given["states"], score, look_back)[0]


def test_the_weights_by_hand_are_those_of_the_text():
    first, second, third = steps_by_hand()
    assert first.tolist() == pytest.approx([0.9, 0.0, 0.1], abs=0.004)
    assert second[2] > 0.8
    assert third[1].item() == pytest.approx(0.95, abs=0.004)


def test_the_printed_weights_are_far_from_rounding_the_other_way():
    hundredths = 100 * steps_by_hand()
    assert ((hundredths % 1) - 0.5).abs().min() > 0.04


def runs_of(model):
    return results.runs_of(load_results("03_attention"), model)


def at(model, clauses, field="exact_match"):
    """A share of each seed at some number of clauses."""
    return [run[field][clauses - 1] for run in runs_of(model)]


def test_five_seeds_of_every_model_at_equal_size():
    sizes = {model: {run["parameters"] for run in runs_of(model)} for model in MODELS}
    assert all(len({run["seed"] for run in runs_of(model)}) >= 5 for model in MODELS)
    (wanted,) = sizes["additive"]
    assert all(abs(size - wanted) <= 0.05 * wanted for (size,) in sizes.values())
    assert sizes["uniform"] == sizes["baseline"]


def test_attention_keeps_what_the_baseline_loses_at_the_longest_trained_length():
    assert load_results("03_attention")["held_fixed"]["trained_up_to"] == 6
    assert min(at("additive", 6)) >= 0.85
    assert max(at("baseline", 6)) < 0.05


def test_uniform_weights_fall_as_the_baseline_does():
    for clauses in range(1, 7):
        uniform, baseline = (sum(at(model, clauses)) / 5 for model in ("uniform", "baseline"))
        assert abs(uniform - baseline) < 0.12
    assert max(at("uniform", 6)) < 0.05


def test_only_attention_writes_new_sentences_as_it_writes_seen_ones():
    for new, seen in zip(at("additive", 6), at("additive", 6, "seen_exact_match"), strict=True):
        assert seen - new < 0.15
    controls = load_results("02_context_limit")
    for name in ("baseline, four times the steps", "baseline, H = 512"):
        runs = results.runs_of(controls, name)
        assert all(run["exact_match"][5] < 0.4 < 0.9 < run["seen_exact_match"][5] for run in runs)


def test_the_right_length_mends_next_to_nothing_beyond_training():
    for clauses in (7, 8):
        assert max(at("additive", clauses)) < 0.95
        for free, given in zip(
            at("additive", clauses), at("additive", clauses, "exact_match_given_length"), strict=True
        ):
            assert abs(given - free) <= 0.015
    for run in runs_of("additive"):
        assert run["wrong"]["too short"][7] > max(run["wrong"]["too long"][7], run["wrong"]["as long"][7])


def test_the_additive_score_leads_beyond_the_spread():
    for clauses in (6, 8):
        assert min(at("additive", clauses)) > max(at("dot", clauses) + at("general", clauses))
    for new, seen in zip(at("general", 6), at("general", 6, "seen_exact_match"), strict=True):
        assert abs(seen - new) < 0.2


def test_the_gradient_vanishes_for_the_baseline_before_training_only_and_never_for_uniform_weights():
    def fall(run, when):
        return run["first_word_gradient"][when][0] / run["first_word_gradient"][when][5]

    assert all(fall(run, "before") > 10_000 and fall(run, "after") < 1 for run in runs_of("baseline"))
    for model in ("additive", "uniform"):
        assert all(2 < fall(run, "before") < 8 for run in runs_of(model))


def test_a_batch_of_random_words_has_no_padding_and_ends_once():
    batch = step_time.random_batch(5, torch.Generator().manual_seed(1))
    assert batch.source.shape == batch.target.shape == (64, 5)
    assert batch.source_mask.all()
    assert batch.target_mask.all()
    assert batch.target[:, -1].eq(END).all()
    assert batch.target[:, :-1].gt(END).all()
    assert batch.target.max() < step_time.WORDS


@pytest.mark.parametrize("model", step_time.MODELS)
def test_steps_are_timed_for_each_length(model):
    run = step_time.seconds_of_steps(model, (2, 3), 3)
    assert set(run) == {"training", "seed", *step_time.FIELDS}
    rows = zip(run["lower_quartile"], run["median_seconds"], run["upper_quartile"], strict=True)
    assert all(0 < low <= middle <= high for low, middle, high in rows)


@pytest.fixture
def timing(tmp_path, monkeypatch):
    """The module with an empty folder for results, and no real timing."""
    monkeypatch.setattr("lessons.experiments.results_file.datasets_folder", lambda: tmp_path)
    file = step_time.results_file
    monkeypatch.setattr(step_time, "results_file", lambda: ResultsFile(step_time.NAME, file().header, tmp_path))
    timed = []

    def seconds(name, lengths, steps):
        timed.append(name)
        row = [0.1] * len(lengths)
        return {"training": name, "seed": 1, "parameters": 5} | dict.fromkeys(step_time.FIELDS[1:], row)

    monkeypatch.setattr(step_time, "seconds_of_steps", seconds)
    monkeypatch.setattr(step_time, "use_threads", lambda _: None)
    return tmp_path / "results" / "03_step_time.json", timed


def test_what_was_timed_is_published_whole_and_timed_again_only_when_asked(timing, capsys):
    path, timed = timing
    assert step_time.main([]) == 0
    found = results.read_results(path)
    results.check_results(found, path)
    assert found["corpus"] == {"name": "random words"}
    assert timed == list(step_time.MODELS)
    step_time.main([])
    assert timed == list(step_time.MODELS)
    assert "as it was" in capsys.readouterr().out
    step_time.main(["--again"])
    assert timed == 2 * list(step_time.MODELS)


@pytest.mark.parametrize(
    "score",
    [AdditiveScore(6, 3), DotScore(), GeneralScore(6), FixedScore(6, 3), UniformScore()],
    ids=["additive", "dot", "general", "fixed", "uniform"],
)
def test_the_decoder_takes_every_score(score):
    torch.manual_seed(1)
    decoder = AttentionDecoder(9, 4, 6, score)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    logits, state, weights = decoder(torch.tensor([[1, 5], [1, 7]]), torch.randn(2, 6), torch.randn(2, 3, 6), mask)
    assert (logits.shape, state.shape, weights.shape) == ((2, 2, 9), (2, 6), (2, 2, 3))
    assert weights[0, :, 2].eq(0).all()
    assert torch.allclose(weights.sum(-1), torch.ones(2, 2))


def test_dot_is_general_with_the_identity_and_has_no_weights():
    general, dot = GeneralScore(4), DotScore()
    torch.nn.init.eye_(general.key.weight)
    state, states = torch.randn(2, 4), torch.randn(2, 3, 4)
    found = dot(state, dot.prepare(states))
    assert torch.allclose(found, general(state, general.prepare(states)))
    assert list(dot.parameters()) == []


def test_the_table_of_the_student_is_what_the_faulty_code_gives():
    source = read_lesson(find_lesson("03_attention").source)
    given = stub_of(source.exercises["masked_softmax"].source)
    found = {}
    exec(f"def as_given(scores, mask):\n{textwrap.indent(given, '    ')}", found)
    scores = torch.tensor([[5.8, 0.0, 3.6, 5.0, 6.0]])
    (row,) = found["as_given"](scores, torch.tensor([[True, True, True, False, False]])).tolist()
    told = " | ".join(f"{weight:.2f}" for weight in row[:3])
    assert any(f"| next to five words | {told} | 0.00, 0.00 |" in cell.source for cell in source.cells)


def test_first_errors_are_counted_by_kind_and_shown_with_glosses(capsys):
    made = [["난", "널"], ["난", "비"], ["난", "널", "비"], ["난"]]
    shown.print_first_errors(made, [["난", "날"], ["난"], ["난", "널", "비", "난"], ["널"]], [7, 7, 8, 6])
    text = capsys.readouterr().out
    assert "another word: 1, it stops too early: 1, it goes on too long: 1" in text
    assert "널 (you.OBJ) in place of 날 (I.OBJ)" in text


def test_looks_at_linked_words_are_counted_where_the_translation_is_right():
    pair = SentencePair("I love you", "난 널 사랑해", (Link(0, 0, True), Link(2, 1, True), Link(1, 2, True)))
    assert shown.count_hits(pair, ["난", "널", "갔어"], [0, 1, 1]) == (1, 2)


def test_the_model_holds_encoder_and_decoder():
    encoder, decoder = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    model = AttentionSeq2Seq(encoder, decoder)
    assert (model.encoder, model.decoder) == (encoder, decoder)


def test_a_step_is_drawn_with_its_scores_weights_and_word():
    figure = attention_figures.draw_attention_step(
        ["I", "love", "you"], "난", "널", 1, [5.8, -0.01, 3.6], [0.9, 0.0, 0.1], [-0.26, 0.43], "title"
    )
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert {"I", "love", "you", "h3", "dh1", "c2", "5.8", "0.0", "0.90", "0.10", "[-0.26, 0.43]"} <= texts
    assert {"난", "the word before", "GRU", "dh2", "널", "you.OBJ"} <= texts


def test_the_heat_map_has_a_row_for_each_target_word():
    figure = attention_figures.draw_weights(
        [[1.0, 0.0], [0.2, 0.8], [0.5, 0.5]], ["a", "b"], ["가", "나", "다"], "title"
    )
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["가", "나", "다"]
    assert axes.images[0].get_array().shape == (3, 2)


def test_curves_are_means_in_a_band_from_worst_to_best():
    figure = figures.plot_by_clauses([1, 2], {"a": [[0.8, 0.2], [1.0, 0.4]]}, 1, "title")
    axes = figure.axes[0]
    assert list(axes.get_lines()[0].get_ydata()) == pytest.approx([90, 30])
    band = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == pytest.approx((20, 100))
