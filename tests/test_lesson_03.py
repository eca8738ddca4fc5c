"""Lesson 03: the numbers by hand hold with room to spare, and so does what the lesson says of five seeds."""

import ast

import pytest
import torch

from autograder.course import find_lesson
from autograder.lesson_source import read_lesson
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    DotScore,
    GeneralScore,
    look_back,
    score_one,
)
from lessons.toolkit import attention_figures, figures
from lessons.toolkit.results import load_results

EPOCHS = 6


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
    rows = []
    for decoder_state in given["decoder_states"]:
        scores = [score_one(decoder_state, state, given["layer"], given["output"]) for state in given["states"]]
        rows.append(look_back(torch.stack(scores), given["states"])[0])
    return torch.stack(rows)


def test_the_weights_by_hand_are_those_of_the_text():
    first, second, third = steps_by_hand()
    assert first.tolist() == pytest.approx([0.9, 0.0, 0.1], abs=0.004)
    assert second[2] > 0.8
    assert third[1].item() == pytest.approx(0.95, abs=0.004)


def test_the_printed_weights_are_far_from_rounding_the_other_way():
    hundredths = 100 * steps_by_hand()
    assert ((hundredths % 1) - 0.5).abs().min() > 0.04


def runs_of(model):
    runs = load_results("03_attention")["runs"]
    return [run for run in runs if (run["model"], run["epochs"]) == (model, EPOCHS)]


def test_five_seeds_of_baseline_and_attention_at_equal_size():
    sizes = {model: {run["parameters"] for run in runs_of(model)} for model in ("baseline", "attention")}
    assert all(len({run["seed"] for run in runs_of(model)}) >= 5 for model in sizes)
    (baseline,), (attention,) = sizes.values()
    assert abs(attention - baseline) <= 0.05 * baseline


def test_attention_keeps_what_the_baseline_loses_at_the_longest_trained_length():
    longest = load_results("03_attention")["trained_up_to"] - 1
    attention = [run["exact_match"][longest] for run in runs_of("attention")]
    assert sum(attention) / len(attention) >= 0.9
    assert max(run["exact_match"][longest] for run in runs_of("baseline")) < 0.3


@pytest.mark.parametrize(
    "score", [AdditiveScore(6, 3), DotScore(), GeneralScore(6)], ids=["additive", "dot", "general"]
)
def test_the_decoder_takes_every_score(score):
    torch.manual_seed(1)
    decoder = AttentionDecoder(9, 4, 6, score)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    logits, state, weights = decoder(torch.tensor([[1, 5], [1, 7]]), torch.randn(2, 6), torch.randn(2, 3, 6), mask)
    assert (logits.shape, state.shape, weights.shape) == ((2, 2, 9), (2, 6), (2, 2, 3))
    assert weights[0, :, 2].eq(0).all()
    assert torch.allclose(weights.sum(-1), torch.ones(2, 2))


def test_the_model_holds_encoder_and_decoder():
    encoder, decoder = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    model = AttentionSeq2Seq(encoder, decoder)
    assert (model.encoder, model.decoder) == (encoder, decoder)


def test_a_step_is_drawn_with_its_scores_weights_and_word():
    figure = attention_figures.draw_attention_step(
        ["I", "love", "you"], "난", 0, [5.8, -0.01, 3.6], [0.9, 0.0, 0.1], [-0.26, 0.43], "title"
    )
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert {"I", "love", "you", "난", "dh0", "h3", "c1", "5.8", "0.0", "0.90", "0.10", "[-0.26, 0.43]"} <= texts


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
