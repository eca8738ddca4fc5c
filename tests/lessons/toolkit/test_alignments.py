"""Alignment files, heat maps and the explorer; the results and models that lesson 05 shows."""

import re
import statistics
from itertools import chain, pairwise

import pytest
import torch
from pygments.token import STANDARD_TYPES

from lessons.toolkit.alignment_files import read_alignments
from lessons.toolkit.alignment_results import (
    HIDDEN,
    hidden_panels,
    hidden_table,
    median_errors,
    models_table,
    share_at_places,
    spread,
    tell_epochs,
    tell_hidden,
    tell_models,
)
from lessons.toolkit.corpus import CorpusError, Link, load_split
from lessons.toolkit.figures import alignment_questions as questions
from lessons.toolkit.figures import alignment_shown as shown
from lessons.toolkit.figures.alignment import (
    draw_clause_map,
    draw_heat_map,
    plot_effects,
    plot_error_by_epoch,
    plot_hidden_words,
    plot_misses,
)
from lessons.toolkit.figures.alignment_explorer import explorer_html
from lessons.toolkit.figures.visual_language import use_course_style
from lessons.toolkit.results import load_results, runs_of


@pytest.fixture(autouse=True)
def course_style():
    """As in a notebook, whatever ran before."""
    use_course_style()


@pytest.fixture
def write(tmp_path):
    def make(text: str, encoding: str = "utf-8"):
        path = tmp_path / "gold.txt"
        path.write_bytes(text.encode(encoding))
        return path

    return make


def test_alignments_counted_from_0_and_from_1_are_read_alike(write):
    wanted = [(Link(0, 2, True), Link(1, 0, False)), (), (Link(3, 3, True),)]
    assert read_alignments(write("0-2 1p0\n\n3-3\n"), first=0) == wanted
    assert read_alignments(write("1-3 2p1\r\n\r\n4-4\r\n"), first=1) == wanted


@pytest.mark.parametrize(
    ("text", "first", "message"),
    [
        ("0-0\n0-1 1:2\n", 0, r"line 2: '1:2' is no link; write i-j \(sure\) or ipj \(possible\)"),
        ("1-1\n1-1\n2-0\n", 1, r"line 3: 2-0 has a 0, but words are counted from 1 here"),
        ("0-0 -1-2\n", 0, r"line 1: '-1-2' is no link"),
        ("0-0 1-\n", 0, r"line 1: '1-' is no link"),
    ],
)
def test_a_malformed_line_is_named(write, text, first, message):
    path = write(text)
    with pytest.raises(CorpusError, match=message) as error:
        read_alignments(path, first=first)
    assert str(path) in str(error.value)


def test_unreadable_files_say_what_to_do(write, tmp_path):
    with pytest.raises(CorpusError, match="check the path"):
        read_alignments(tmp_path / "missing.txt", first=0)
    with pytest.raises(CorpusError, match="save the file as UTF-8"):
        read_alignments(write("0-0 \xe9\n", "latin-1"), first=0)
    with pytest.raises(ValueError, match="from 0 or from 1"):
        read_alignments(write("0-0\n"), first=2)


def aligned(pair):
    weights = torch.zeros(len(pair.target_words), len(pair.source_words))
    for link in pair.alignment:
        weights[link.target, link.source] = 0.5
    return weights


@pytest.fixture(scope="module")
def pairs():
    return load_split("test") + load_split("train")


@pytest.mark.parametrize("length", [3, 9, 17, 30])
def test_words_on_the_axes_of_a_heat_map_do_not_overlap(length, pairs):
    use_course_style()
    pair = next(pair for pair in pairs if len(pair.source_words) == length)
    figure = draw_heat_map(aligned(pair), pair.source_words, pair.target_words, "title", pair.alignment)
    figure.canvas.draw()
    axes = figure.axes[0]
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        boxes = [label.get_window_extent() for label in labels]
        assert len(boxes) == len(
            pair.source_words if labels[0].get_text() == pair.source_words[0] else pair.target_words
        )
        assert not any(a.overlaps(b) for a, b in pairwise(boxes))
    frames = {patch.get_linestyle() for patch in axes.patches}
    assert len(axes.patches) == len(pair.alignment)
    assert len(frames) == len({link.sure for link in pair.alignment})


def test_a_long_heat_map_shades_a_block_for_each_run_of_a_clause():
    figure = draw_clause_map(torch.zeros(4, 3), list("abc"), list("wxyz"), "", [([0, 1], [0, 3]), ([2], [1, 2])])
    blocks = [(block.get_xy(), block.get_width(), block.get_height()) for block in figure.axes[0].patches]
    assert blocks == [((-0.5, -0.5), 2, 1), ((-0.5, 2.5), 2, 1), ((1.5, 0.5), 1, 2)]


def test_the_clauses_of_a_pair_share_out_all_its_words():
    for pair in load_split("test")[:50]:
        english, korean = zip(*shown.clause_blocks(pair), strict=True)
        assert sorted(chain.from_iterable(english)) == list(range(len(pair.source_words)))
        assert sorted(chain.from_iterable(korean)) == list(range(len(pair.target_words)))


def test_places_one_too_far_hide_the_gold_word_the_next_and_one_without_a_link(capsys):
    pair = next(pair for pair in load_split("test") if len(pair.source_words) > 8)
    weights = torch.full((len(pair.target_words), len(pair.source_words)), 0.01)
    (place,) = shown.one_too_far([too_far(weights, pair)], [pair], most=3)
    assert place.dark == place.gold + 1
    linked = {link.source for link in pair.alignment if link.target == place.target}
    assert place.third not in linked | {place.dark}
    assert place.groups["both"] == [place.dark, place.gold]
    shown.print_costs([place], [dict.fromkeys(place.groups, -0.001)], [pair])
    assert capsys.readouterr().out.splitlines()[1].startswith("   0.00   0.00   0.00   0.00  ")


def too_far(weights, pair):
    """All weight one word after the gold word."""
    for link in pair.alignment:
        if link.sure and link.source + 1 < len(pair.source_words):
            weights[link.target] = 0.0
            weights[link.target, link.source + 1] = 0.9
    return weights


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (questions.error_of_lesson_3(0.5), "d"),
        (questions.offset(1), "c"),
        (questions.which_change({"lesson 3's model": 0.4, "x": 0.3, "y": 0.2, "z": 0.1, "both changes": 0.1}), "c"),
        (questions.hidden_word(3.0), "c"),
        (questions.darkest_in_lesson_3(0.1), "a"),
    ],
)
def test_what_was_found_says_which_option_is_right_and_why_the_others_tempt(found, right):
    assert found["right"] == right
    assert found["measured"].endswith(".")


def test_the_other_figures_say_what_they_are_given():
    misses = plot_misses({"a": {0: 3, 1: 1}, "b": {0: 4}}, "misses")
    assert max(bar.get_height() for bar in misses.axes[0].patches) == 100
    errors = plot_error_by_epoch({"a": [[0.5, 0.4], [0.7, 0.1], [0.6, 0.3]]}, {"level": 0.8}, "errors")
    found = [list(line.get_ydata()) for line in errors.axes[0].lines if line.get_label() == "a"]
    assert found == [[0.6, 0.3]]
    effects = plot_effects([[0.0, 0.1], [1.0, 3.0]], [0, 0.5, 1], "effects")
    labels = [label.get_text().splitlines() for label in effects.axes[0].get_xticklabels()]
    assert labels == [["0–0.5", "n = 2"], ["0.5–1", "n = 2"]]


def test_the_figure_of_hidden_words_has_a_bar_at_the_median_and_a_dot_per_seed():
    tables = [{hidden: {"median": nats} for hidden in HIDDEN} for nats in (0.5, 1.0, 3.0)]
    figure = plot_hidden_words(
        {"a": {"hidden": tables, "unseen": tables}, "b": {"hidden": tables, "unseen": tables}}, ""
    )
    for axes in figure.axes[:4]:
        assert [bar.get_width() for bar in axes.patches] == [1.0] * len(HIDDEN)
        assert list(axes.lines[0].get_xdata()) == [0.5, 1.0, 3.0]


def test_the_explorer_lights_the_words_looked_at_and_runs_nothing():
    weights = torch.tensor([[0.9, 0.1, 0.0], [0.0, 0.005, 0.995]])
    page = explorer_html(["I", "<b>", "you"], ["난", "널"], weights)
    assert "<script" not in page
    assert not re.search(r"<[^>]* on\w+=", page)
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    lit = re.findall(r"\.target(\d):is\(:hover, :focus\)\) \.source(\d) \{", page)
    assert lit == [("0", "0"), ("0", "1"), ("1", "2")]
    assert page.count('tabindex="0"') == 2
    assert 'aria-label="널: you 0.99"' in page or 'aria-label="널: you 1.00"' in page


def test_the_explorers_words_are_not_coloured_as_code_and_keep_their_spaces():
    page = explorer_html(["I", "love", "you"], ["난", "널"], torch.full((2, 3), 1 / 3))
    classes = {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    assert not classes & set(STANDARD_TYPES.values())  # of Pygments, whose style pages and JupyterLab have
    bare = re.sub(r"<style>.*?</style>|<small>.*?</small>|<[^>]*>", "", page, flags=re.DOTALL)
    assert "I love you" in bare
    assert "난 널" in bare
    assert "<small>I.TOP</small>" in page


def test_the_explorer_refuses_weights_of_another_shape():
    with pytest.raises(ValueError, match="1 target, 2 source words"):
        explorer_html(["a", "b"], ["c"], torch.zeros(2, 1))


@pytest.fixture(scope="module")
def models():
    """The runs of each model, in the order of their seeds."""
    results = load_results("05_alignments")
    return {name: runs_of(results, name) for name in results["seeds"]}


def test_five_seeds_show_which_changes_bring_the_weights_back(models):
    assert all(len({run["seed"] for run in runs}) == 5 for runs in models.values())
    rates = {name: statistics.median(run["alignment"]["aer_argmax"] for run in runs) for name, runs in models.items()}
    assert max(rates.values()) == rates["additive"] < load_results("05_alignments")["held_fixed"]["aer_diagonal"]
    assert rates["both changes"] == min(rates.values())
    assert all(rates[name] < 0.5 * rates["additive"] for name in ("words as values", "read when you write"))
    assert rates["both ways"] > 0.5 * rates["additive"]


def test_the_encoder_that_reads_both_ways_looks_at_the_word_before(models):
    places = {
        name: [share_at_places(run["offsets"]["counts"]) for run in models[name]] for name in ("additive", "both ways")
    }
    assert all(shares["the next word"] > 0.25 > 0.1 > shares["before it"] for shares in places["additive"])
    assert all(shares["before it"] > 0.15 > 0.1 > shares["the next word"] for shares in places["both ways"])


def test_hiding_words_hurts_the_changed_model_and_not_that_of_lesson_3(models):
    for states, changed in zip(models["additive"], models["both changes"], strict=True):
        hidden = {name: run["hiding"]["hidden"]["all"] for name, run in (("states", states), ("changed", changed))}
        assert hidden["states"]["darkest"]["median"] < 0.2 < 2 < hidden["changed"]["darkest"]["median"]
        assert hidden["states"]["gold"]["median"] < 0.1
        assert states["hiding"]["unseen"]["all"]["gold"]["median"] > 1
        assert all(abs(table["third"]["median"]) < 0.01 for table in hidden.values())


def test_where_much_weight_lies_one_word_too_far_that_word_is_needed_and_the_gold_word_is_not(models):
    for run in models["additive"]:
        table = run["hiding"]["hidden"]["dark_one_too_far"]
        assert table["darkest"]["n"] > 50
        assert table["gold"]["median"] < 0.01 < 0.1 < table["darkest"]["median"] < table["both"]["median"]


def test_shares_and_ranges_are_those_of_the_counts():
    counts = {"before": 1, "-3": 1, "-2": 0, "-1": 2, "0": 10, "1": 4, "2": 1, "3": 0, "after": 1}
    assert share_at_places(counts) == {"before it": 0.2, "the gold word": 0.5, "the next word": 0.2, "further on": 0.1}
    assert spread([0.25, -0.001, 0.1], 2) == "0.00 to 0.25"
    assert spread([0.501, 0.499], 1) == "0.5"


def run_like(darkest, n=3):
    """A run in which only these are of interest: the median loss when the darkest word is hidden, and n."""
    table = {hidden: {"n": n, "median": darkest if hidden == "darkest" else 0.0} for hidden in HIDDEN}
    return {
        "parameters": 1234,
        "exact_match": 0.97,
        "alignment": {"aer_argmax": 0.5, "aer_threshold": 0.4},
        "offsets": {"counts": {"before": 0, "-3": 0, "-2": 0, "-1": 0, "0": 3, "1": 1, "2": 0, "3": 0, "after": 0}},
        "aer_by_epoch": [0.7, 0.6, 0.5],
        "hiding": {"hidden": {"all": table}, "unseen": {"all": table}},
    }


def test_the_tables_have_a_line_per_model_and_ranges_over_seeds():
    models = {"a": [run_like(0.1), run_like(2.0)], "b": [run_like(None, n=0)]}
    lines = models_table(models).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["a", "b"]
    assert lines[1].split() == ["a", "1,234", "97.0", "0.50", "0.40", "75", "25"]
    hidden = hidden_table(models, "hidden", "all").splitlines()
    assert "0.10 to 2.00" in hidden[1]
    assert hidden[2].split() == ["b", "0", "-", "-", "-", "-"]


def test_texts_for_those_who_cannot_see_the_figures_say_their_numbers():
    models = {"a": [run_like(0.1), run_like(2.0)]}
    assert median_errors(models) == {"a": 0.5}
    assert tell_models(models) == "a: exact match 97.0 %, AER 0.50"
    assert tell_epochs(models) == "a: 0.70, in the end 0.50"
    panels = hidden_panels(models)
    assert list(panels) == ["a\nexact match 97 %, AER 0.50"]
    told = tell_hidden(panels)
    assert told.startswith("a, not looked at: the darkest word 0.10 to 2.00, the gold word 0.00")
    assert "; a, never read: the darkest word 0.10 to 2.00" in told


def test_titles_say_what_is_drawn(monkeypatch):
    told = []
    monkeypatch.setattr(shown, "show", lambda figure, alt: told.append(figure))
    pair = next(pair for pair in load_split("test") if len(pair.source_words) > 8)
    shown.show_map(aligned(pair), pair)
    count = len(pair.target_words)
    assert told[-1].axes[0].get_title(loc="left").startswith(f"{count} of {count} Korean words look at a gold word\n")
    shown.show_misses({"a": {0: 3, 1: 1}, "b": {0: 4}})
    assert told[-1].axes[0].get_title(loc="left").startswith("25% (a) and 0% (b) look one word too far")
    weights = torch.tensor([0.01, 0.1, 0.3, 0.5, 0.7, 0.9])
    for lost, words in (([0, 0, 2, 0, 3, 3], "from a weight of 0.6 on"), ([3, 0, 0, 0, 0, 0], "no more than a nat")):
        shown.show_effects({"a": (weights, torch.tensor(lost, dtype=torch.float))})
        assert words in told[-1].axes[0].get_title(loc="left")


def test_a_heat_map_has_a_scale_and_explains_the_frames_that_it_has():
    figure = draw_heat_map(torch.eye(2), list("ab"), list("xy"), "a title " * 8, [Link(0, 0, True), Link(0, 0, True)])
    axes, scale = figure.axes
    assert scale.get_ylabel() == "weight"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["sure gold link"]
    assert max(map(len, axes.get_title(loc="left").splitlines())) <= 30
    assert draw_heat_map(torch.eye(2), list("ab"), list("xy"), "").axes[0].get_legend() is None
