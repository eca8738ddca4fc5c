"""The visual language, every figure of the course, and how a figure is shown."""

import base64
import importlib
import inspect
import io
import pkgutil
import re
import textwrap
from itertools import combinations, pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image

from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson, stub_of
from lessons.earlier.lesson_01 import masked_loss
from lessons.toolkit import figures as package
from lessons.toolkit.batches import END
from lessons.toolkit.corpus import Link, SentencePair
from lessons.toolkit.figures import alignment as alignment_figures
from lessons.toolkit.figures import attention as attention_figures
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import context as context_figures
from lessons.toolkit.figures import forcing as forcing_figures
from lessons.toolkit.figures import self_attention as self_attention_figures
from lessons.toolkit.figures import seq2seq as seq2seq_figures
from lessons.toolkit.figures import translation as translation_figures
from lessons.toolkit.figures.alignment_explorer import explorer_html
from lessons.toolkit.figures.visual_language import CONTEXT, GOLD, MISTAKE, NEUTRAL, SERIES, SOURCE, TARGET, box

ENGLISH, KOREAN = ["I", "love", "you"], ["난", "널", "사랑해"]
LINKS = [(0, 0), (1, 2), (2, 1)]
GOLD_LINKS = [Link(0, 0, True), Link(2, 1, False), Link(1, 2, True)]
WEIGHTS = [[0.9, 0.0, 0.1], [0.1, 0.1, 0.8], [0.0, 1.0, 0.0]]
RUNS = [[0.9, 0.2], [0.8, 0.4]]
WRITTEN = [*KOREAN, "<end>"]
STEPS = [([0, 0], [4, 5], [-0.1, -1.0]), ([0, 1], [6, END], [-0.2, -1.1]), ([0], [END], [-0.3])]
CHANGED = {
    "exact_match": 0.97,
    "alignment": {"aer_argmax": 0.5, "aer_threshold": 0.4},
    "offsets": {"counts": dict.fromkeys(("before", "-3", "-2", "-1", "0", "1", "2", "3", "after"), 2)},
}
HIDDEN_WORDS = {hidden: {"median": 1.0} for hidden in ("darkest", "gold", "both", "third")}
VOCABULARY = ["", "", "<end>", "", *KOREAN]
PARTS = [{"most": 4, "bleu": 20, "n": 3}, {"most": None, "bleu": 10, "n": 2}]
REAL = {
    "held_fixed": {"held_out_pairs": 5},
    "seeds": {"baseline": [1], "attention": [1]},
    "runs": [{"training": model, "seed": 1, "bleu": 15, "by_length": PARTS} for model in ("baseline", "attention")],
}

#: Of one run, as results files have it, by one and two clauses.
MEASURED = {
    "exact_match": [0.9, 0.2],
    "seen_exact_match": [1.0, 0.6],
    "wrong": {"too short": [0, 4], "as long": [1, 3], "too long": [0, 1]},
    "exact_match_given_length": [0.9, 0.3],
    "first_word_gradient": {"before": [0.1, 0.0], "after": [0.1, 0.2]},
    "lower_quartile": [0.01, 0.02],
    "median_seconds": [0.01, 0.03],
    "upper_quartile": [0.02, 0.03],
}
COUNTS = {"words": [[20, 10, 4, 6, 9], [0, 8, 12, 7, 3]], "wrong": [[1, 2, 1, 3, 4], [0, 1, 4, 3, 1]]}

EXAMPLES = {
    "draw_links": lambda: figures.draw_links(ENGLISH, KOREAN, LINKS, "사랑"),
    "draw_encoder_decoder": lambda: figures.draw_encoder_decoder(ENGLISH, WRITTEN, "한 벡터"),
    "plot_loss": lambda: figures.plot_loss([3.0, 1.0], "손실"),
    "plot_by_clauses": lambda: figures.plot_by_clauses([1, 2], {"baseline": RUNS, "attention": RUNS}, 1, "절"),
    "draw_grid": lambda: figures.draw_grid([6, 12], [1, 2], RUNS, RUNS, 1, "격자"),
    "plot_by_part": lambda: figures.plot_by_part({"C = 6": RUNS[0]}, "절", [[0.1, 0.1]]),
    "draw_lookup": lambda: seq2seq_figures.draw_lookup(ENGLISH, ["난", "사랑해", "넌"], KOREAN, LINKS, "사전"),
    "draw_batch": lambda: seq2seq_figures.draw_batch(
        [["I", "<pad>"], ["I", "go"]], [[True, False], [True, True]], "묶음"
    ),
    "draw_choices": lambda: seq2seq_figures.draw_choices(
        [["난", "넌"], ["널", "날"]], [[0.9, 0.1], [0.6, 0.3]], "선택"
    ),
    "plot_memory": lambda: seq2seq_figures.plot_memory({"plain cell": [1.0, 0.4], "gate": [1.0, 0.9]}, "기억", "n = 2"),
    "plot_losses": lambda: seq2seq_figures.plot_losses(
        {"같은 확률": [5.7, 5.7], "always <pad>": [4.9, 1.4]}, ["short", "long"], "손실", "n = 2"
    ),
    "draw_bottleneck": lambda: seq2seq_figures.draw_bottleneck(128, (48, 3), "병목"),
    "draw_score": lambda: attention_figures.draw_score(
        [-0.8, 0.7], [-0.2, 0.4], [[2.0, -2.0, 2.0, 2.0], [-1.0, -1.0, 2.0, 2.0]], [-0.99, 0.46], [-4, 4], 5.8, "점수"
    ),
    "draw_attention_step": lambda: attention_figures.draw_attention_step(
        ENGLISH, "<start>", "난", 0, [5.8, -0.01, 3.6], WEIGHTS[0], [-0.26, 0.43], "걸음"
    ),
    "plot_error_lengths": lambda: attention_figures.plot_error_lengths([1, 2], [MEASURED], 10, 1, "길이"),
    "plot_gradients": lambda: attention_figures.plot_gradients([1, 2], {"baseline": [MEASURED]}, 10, "기울기"),
    "draw_positions": lambda: self_attention_figures.draw_positions(torch.eye(4), 2, "자리"),
    "plot_head_errors": lambda: self_attention_figures.plot_head_errors(
        [[0.5, 0.2], [0.6, 0.3]], [1, 1], 1, {"diagonal": 0.7}, "머리"
    ),
    "plot_knock_outs": lambda: self_attention_figures.plot_knock_outs(
        {"encoder": {"heads": RUNS, "layers": RUNS}, "decoder": {"heads": RUNS, "layers": RUNS}}, "머리"
    ),
    "plot_step_cost": lambda: self_attention_figures.plot_step_cost(
        [8, 16], {"baseline": MEASURED | {"kept_bytes": [2**20, 2**22]}}, "시간"
    ),
    "plot_step_time": lambda: attention_figures.plot_step_time([8, 16], {"baseline": MEASURED}, "시간"),
    "plot_new_and_seen": lambda: context_figures.plot_new_and_seen({"baseline": [MEASURED]}, 2, 10, "본 문장"),
    "plot_clauses_by_place": lambda: context_figures.plot_clauses_by_place([COUNTS, COUNTS], 5, "자리"),
    "draw_contexts": lambda: attention_figures.draw_contexts(ENGLISH, KOREAN, WEIGHTS, "문맥"),
    "draw_weights": lambda: attention_figures.draw_weights(WEIGHTS, ENGLISH, KOREAN, "가중치"),
    "draw_decodings": lambda: forcing_figures.draw_decodings(
        WRITTEN, ["난", "네가", "사랑해", "<end>"], ["난", "네가", "잘", "때", "<end>"], "강제"
    ),
    "draw_coins": lambda: forcing_figures.draw_coins(
        [["<start>", "난"], ["<start>"]], torch.tensor([[False, False], [True, True]]), "동전"
    ),
    "plot_schedules": lambda: forcing_figures.plot_schedules({"linear": [1.0, 0.5, 0.0]}, "일정"),
    "plot_seeds": lambda: forcing_figures.plot_seeds(
        {"loss": {"ratio 1.0": [0.1, 0.2]}, "words (%)": {"ratio 1.0": [90, 80]}}, "씨앗"
    ),
    "plot_injected_errors": lambda: forcing_figures.plot_injected_errors(
        {"right (%)": {"control": {"ratio 1.0": RUNS[0], "ratio 0.5": RUNS[1]}}}, "오류"
    ),
    "plot_after_error": lambda: forcing_figures.plot_after_error({"model": {"forced": RUNS}}, "오류"),
    "draw_heat_map": lambda: alignment_figures.draw_heat_map(
        torch.tensor(WEIGHTS), ENGLISH, KOREAN, "정렬", GOLD_LINKS
    ),
    "draw_clause_map": lambda: alignment_figures.draw_clause_map(
        torch.tensor(WEIGHTS), ENGLISH, KOREAN, "절", [([0], [0]), ([1, 2], [1, 2])]
    ),
    "draw_link_check": lambda: alignment_figures.draw_link_check(
        ENGLISH, KOREAN, [(0, 0), (2, 1), (2, 2)], GOLD_LINKS, "연결"
    ),
    "draw_equal_bars": lambda: alignment_figures.draw_equal_bars(ENGLISH, KOREAN[:2], "막대"),
    "plot_misses": lambda: alignment_figures.plot_misses({"lesson 3": {0: 2, 1: 1}}, "거리"),
    "plot_error_by_epoch": lambda: alignment_figures.plot_error_by_epoch({"states": RUNS}, {"diagonal": 0.7}, "오류"),
    "plot_effects": lambda: alignment_figures.plot_effects([[0.0, 0.1], [1.0, 3.0]], [0, 0.5, 1], "효과"),
    "plot_effects_by_model": lambda: alignment_figures.plot_effects_by_model(
        {"lesson 3": [[0.0, 0.1], [1.0, 3.0]]}, [0, 0.5, 1], "효과"
    ),
    "plot_changes": lambda: alignment_figures.plot_changes({"lesson 3": [CHANGED]}, 0.7, "변화"),
    "plot_hidden_words": lambda: alignment_figures.plot_hidden_words(
        {name: {way: [HIDDEN_WORDS] for way in ("hidden", "unseen")} for name in ("lesson 3", "both")}, "숨김"
    ),
    "plot_bleu_by_length": lambda: translation_figures.plot_bleu_by_length(
        [1, 2], [5, 8], {"attention, beam": [[90, 40], [80, 50]]}, 1, "길이"
    ),
    "plot_own_curve": lambda: translation_figures.plot_own_curve(
        {"attention": {5: (9, 98.0), 10: (7, 97.0)}, "baseline": {5: (9, 95.0), 10: (7, 60.0)}}, 5, "길이"
    ),
    "plot_beam_gain": lambda: translation_figures.plot_beam_gain(
        [1, 2], {"attention": RUNS, "baseline": RUNS}, 1, "빔"
    ),
    "plot_real_corpus": lambda: translation_figures.plot_real_corpus(REAL, "실제 문장"),
    "draw_beam": lambda: translation_figures.draw_beam(STEPS, VOCABULARY, [4, 6, END], "탐색"),
}


@pytest.fixture(autouse=True)
def _style():
    figures.use_course_style()
    yield
    plt.close("all")


# --- the language ----------------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance, from 0 to 1: WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast_with_white(colour):
    return 1.05 / (luminance(colour) + 0.05)


def grey(colour):
    """What a grey print makes of a colour, from 0 to 255, as Pillow has it."""
    return Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0))


# linear RGB as it is seen without long-wave or medium-wave cones: Viénot, Brettel and Mollon 1999
PROTANOPIA = [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]
DEUTERANOPIA = [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]


@pytest.mark.parametrize("colour", [SOURCE, TARGET, CONTEXT, MISTAKE, NEUTRAL])
def test_what_is_written_in_a_colour_can_be_read_on_paper_and_on_its_box(colour):
    assert contrast_with_white(colour) >= 4.5


@pytest.mark.parametrize("colour", [GOLD, *(style.colour for style in SERIES)])
def test_lines_stand_out_from_the_paper(colour):
    assert contrast_with_white(colour) >= 3


def test_source_target_and_context_differ_in_grey():
    levels = sorted(map(grey, (SOURCE, CONTEXT, TARGET)))
    assert min(b - a for a, b in pairwise(levels)) >= 15


@pytest.mark.parametrize("matrix", [PROTANOPIA, DEUTERANOPIA, np.eye(3)], ids=["protan", "deutan", "all cones"])
def test_roles_differ_for_colour_blind_people(matrix):
    seen = [
        np.clip(np.array(matrix) @ np.array(to_rgb(c)) ** 2.2, 0, 1) ** (1 / 2.2) for c in (SOURCE, TARGET, CONTEXT)
    ]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 0.15


def test_curves_mean_nothing_else_and_differ_without_colour():
    assert not {style.colour for style in SERIES} & {SOURCE, TARGET, CONTEXT, MISTAKE, GOLD}
    assert len({style.line for style in SERIES}) == len({style.marker for style in SERIES}) == len(SERIES)


def test_a_role_has_a_shape_of_its_own():
    _, axes = plt.subplots()
    for x, colour in enumerate((SOURCE, TARGET, CONTEXT)):
        box(axes, x, 0, "h", colour)
    shapes = {
        type(patch.get_boxstyle() if isinstance(patch, FancyBboxPatch) else patch).__name__ for patch in axes.patches
    }
    assert shapes == {"Square", "Round", "Ellipse"}


# --- every figure ----------------------------------------------------------------------------------------------


def drawing_functions():
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for function, value in inspect.getmembers(module, inspect.isfunction):
            if value.__module__ == module.__name__ and function.startswith(("draw_", "plot_")):
                yield function


def test_every_drawing_function_has_an_example_here():
    assert sorted(drawing_functions()) == sorted(EXAMPLES)


def shown(monkeypatch, figure, alt="what it shows, in words"):
    found = []
    monkeypatch.setattr(figures, "display", lambda data, raw: found.append(data))
    figures.show(figure, alt)
    return found[0]


def picture(data):
    return Image.open(io.BytesIO(base64.b64decode(re.search(r'base64,([^"]+)"', data["text/html"])[1])))


@pytest.mark.long
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_is_drawn_on_paper_small_and_without_a_missing_glyph(name, monkeypatch):
    data = shown(monkeypatch, EXAMPLES[name]())  # a missing glyph is a warning, and warnings are errors
    assert len(data["text/html"]) < 100_000
    drawn = picture(data).convert("RGBA")
    assert drawn.getextrema()[3] == (255, 255)
    corners = {drawn.getpixel((x, y)) for x in (0, drawn.width - 1) for y in (0, drawn.height - 1)}
    assert corners == {(255, 255, 255, 255)}


def test_without_the_courses_font_hangul_would_be_missing():
    with plt.rc_context({"font.family": ["DejaVu Sans"]}), pytest.warns(UserWarning, match="missing"):
        EXAMPLES["plot_loss"]().canvas.draw()


def test_a_figure_is_shown_with_its_text_and_closed(monkeypatch):
    data = shown(monkeypatch, EXAMPLES["plot_loss"](), 'the loss falls, from "2" to 1')
    assert 'alt="the loss falls, from &quot;2&quot; to 1"' in data["text/html"]
    assert data["text/plain"] == 'the loss falls, from "2" to 1'
    assert set(re.findall(r" (\w+)=", re.sub(r'"[^"]*"', "", data["text/html"]))) == {"alt", "width", "src"}
    assert plt.get_fignums() == []


def test_few_colours_leave_the_roles_as_they_are(monkeypatch):
    drawn = picture(shown(monkeypatch, EXAMPLES["draw_encoder_decoder"]())).convert("RGB")
    colours = np.array([colour for _, colour in drawn.getcolors(100_000)])
    for role in (SOURCE, TARGET, CONTEXT):
        assert abs(colours - np.round(255 * np.array(to_rgb(role)))).max(1).min() <= 2


def test_the_explorer_stands_on_paper_in_the_same_colours():
    page = explorer_html(ENGLISH, KOREAN, torch.tensor(WEIGHTS))
    assert "background: white" in page
    assert set(re.findall(r"solid (#\w+)", page)) == {SOURCE, TARGET}


# --- what single figures say -----------------------------------------------------------------------------------


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def framed(figure):
    return [
        text.get_text()
        for text in figure.axes[0].texts
        if text.get_bbox_patch() and text.get_bbox_patch().get_edgecolor()[:3] == to_rgb(MISTAKE)
    ]


def test_a_lookup_is_framed_where_another_word_is_right():
    assert framed(EXAMPLES["draw_lookup"]()) == ["사랑해", "넌"]


def test_wrong_words_are_framed_where_they_are_written_and_where_they_are_read():
    figure = EXAMPLES["draw_decodings"]()
    assert framed(figure) == ["네가", "네가", "잘", "때", "네가", "잘", "때", "<end>"]


def test_choices_have_their_probabilities_and_the_next_step_reads_the_first():
    found = texts(EXAMPLES["draw_choices"]())
    assert {"90%", "10%", "60%", "30%"} <= set(found)
    assert found.count("난") == 2
    assert found.count("널") == 1


def test_links_found_are_told_from_wrong_and_from_missed_ones():
    lines = EXAMPLES["draw_link_check"]().axes[0].get_lines()
    drawn = [(line.get_color(), line.get_linestyle()) for line in lines if len(line.get_xdata())]
    assert sorted(drawn) == sorted([("black", "-"), ("black", "-"), (MISTAKE, "--"), (GOLD, ":")])


def gold_frames(figure):
    """Column, row and line of each frame around a gold link."""
    frames = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert all(to_rgb(frame.get_edgecolor()) == to_rgb(GOLD) and not frame.get_fill() for frame in frames)
    return [(*frame.get_center().round(6), frame.get_linestyle()) for frame in frames]


def test_gold_links_are_framed_alike_in_both_maps_of_weights():
    sure = [(link.source, link.target) for link in GOLD_LINKS if link.sure]
    figure = attention_figures.draw_weights(WEIGHTS, ENGLISH, KOREAN, "가중치", sure)
    assert gold_frames(figure) == [(*place, "-") for place in sure]
    figure = EXAMPLES["draw_heat_map"]()
    assert gold_frames(figure) == [(link.source, link.target, "-" if link.sure else ":") for link in GOLD_LINKS]


def test_the_thickness_of_an_arrow_is_its_weight():
    figure = EXAMPLES["draw_contexts"]()
    widths = [text.arrow_patch.get_linewidth() for text in figure.axes[0].texts if hasattr(text, "arrow_patch")]
    weighted = [width for width in widths if width != 1.5]
    assert sorted(weighted) == pytest.approx(sorted(0.8 + 6 * weight for row in WEIGHTS for weight in row))


def test_gradients_of_zero_are_left_out_of_a_logarithmic_scale():
    before, after = EXAMPLES["plot_gradients"]().axes
    assert list(before.get_lines()[0].get_xdata()) == [1]
    assert list(after.get_lines()[0].get_ydata()) == [0.1, 0.2]


def test_bars_of_right_and_wrong_translations_add_up_to_all():
    axes = EXAMPLES["plot_error_lengths"]().axes[0]
    heights = [[bar.get_height() for bar in kind] for kind in axes.containers]
    assert [sum(column) for column in zip(*heights, strict=True)] == pytest.approx([100, 100])
    assert heights[0] == pytest.approx([90, 20])
    assert axes.collections[0].get_offsets()[:, 1].tolist() == pytest.approx([90, 30])


def test_the_time_of_a_step_is_shown_in_milliseconds():
    line = EXAMPLES["plot_step_time"]().axes[0].get_lines()[0]
    assert list(line.get_ydata()) == pytest.approx([10, 30])


def test_errors_at_places_leave_out_places_with_few_words_and_the_last_column():
    assert context_figures.errors_at_places([COUNTS, COUNTS], 0, 5) == {0: [0.05, 0.05], 1: [0.2, 0.2], 3: [0.5, 0.5]}
    assert list(context_figures.errors_at_places([COUNTS], 1, 8)) == [1, 2]


def test_a_line_of_places_breaks_where_words_are_few():
    first = EXAMPLES["plot_clauses_by_place"]().axes[0].containers[0].lines[0]
    assert list(first.get_xdata()) == [1, 2, 3, 4]
    assert np.isnan(np.array(first.get_ydata(), float)).tolist() == [False, False, True, False]


def test_new_and_seen_sentences_have_a_point_for_each_seed():
    figure = context_figures.plot_new_and_seen({"a": [MEASURED, MEASURED | {"exact_match": [0.9, 0.4]}]}, 2, 10, "t")
    new, seen = (points.get_offsets()[:, 0].tolist() for points in figure.axes[0].collections)
    assert new == pytest.approx([20, 40])
    assert seen == pytest.approx([60, 60])


def test_coins_say_who_gives_the_word():
    found = texts(EXAMPLES["draw_coins"]())
    assert found.count("own word") == 1
    assert found.count("<start>") == 2


def test_a_sentence_is_followed_through_the_beam():
    steps = [([0, 0], [4, 5], [0, 0]), ([1, 0], [6, 7], [0, 0]), ([1, 1], [8, END], [0, 0])]
    assert translation_figures.places_of([4, 7, END], steps) == [0, 1, 1]
    assert translation_figures.places_of([5, 6, 9], steps) == [1, 0]


# --- what lesson 1 shows -------------------------------------------------------------------------------------------


def read_plain(words, word_weights, state_weights, bias):
    states = [torch.zeros(len(bias))]
    for embedding in words:
        states.append(torch.tanh(word_weights @ embedding + state_weights @ states[-1] + bias))
    return torch.stack(states[1:])


def gated(embedding, state, gate_weights, candidate_weights):
    both = torch.cat([embedding, state])
    gate = torch.sigmoid(gate_weights @ both)
    return gate * state + (1 - gate) * torch.tanh(candidate_weights @ both)


def test_a_plain_cell_forgets_the_first_word_and_a_gated_one_does_not():
    plain, with_gate = seq2seq_figures.memory_of_the_first_word(read_plain, gated).values()
    assert plain[0] == with_gate[0] == 1
    assert plain[-1] < 0.05 < 0.5 < with_gate[-1]
    assert min(before - after for values in (plain, with_gate) for before, after in pairwise(values)) > 0


def test_the_loss_to_be_mended_rewards_padding_and_the_mended_one_does_not():
    alike, padding = seq2seq_figures.useless_losses([3, 5, 9]).values()
    assert alike[0] == pytest.approx(alike[1])
    assert padding[0] < alike[0]
    assert padding[1] < padding[0] - 1
    given = stub_of(read_lesson(find_lesson("01_seq2seq").source).exercises["masked_loss"].source)
    found = {"F": torch.nn.functional}
    exec(f"def as_given(logits, target, mask):\n{textwrap.indent(given, '    ')}", found)
    drawn, given = (torch.tensor([alike, padding]), seq2seq_figures.useless_losses([3, 5, 9], found["as_given"]))
    assert torch.tensor([*given.values()]) == pytest.approx(drawn, rel=1e-4)
    alike, padding = seq2seq_figures.useless_losses([3, 5, 9], masked_loss).values()
    assert padding == pytest.approx([padding[0]] * 2)
    assert padding[0] > alike[0] + 1


def test_the_shortest_miss_is_a_wrong_one_if_there_is_any():
    pairs = [SentencePair("a", "가"), SentencePair("b c", "나 다 라"), SentencePair("d", "마 바")]
    assert seq2seq_figures.shortest_miss(pairs, [["가"], ["나", "다"], ["마"]]) == (pairs[2], ["마"])
    assert seq2seq_figures.shortest_miss(pairs[:1], [["가"]]) == (pairs[0], ["가"])
