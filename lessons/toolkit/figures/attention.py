"""Figures of attention: one score, one step, the contexts of all steps, the weights of a sentence; what it changes."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import mean, median
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.toolkit.figures.visual_language import (
    BASELINE,
    CONTEXT,
    MISTAKE,
    NEUTRAL,
    PAPER,
    SERIES,
    SOURCE,
    TARGET,
    WEIGHTS,
    Series,
    arrow,
    blank,
    box,
    end_of_training,
    frame,
    name_rows,
    weight_arrow,
    word,
)
from lessons.toolkit.glosses import gloss
from lessons.toolkit.text import named, said

Run = dict[str, Any]  # as results files have it
_WORDS, _STATES, _SCORES, _CONTEXT, _CELL, _WRITTEN = 0.0, 0.8, 1.9, 3.5, 4.8, 5.9  # heights of the rows


def draw_attention_step(
    source: Sequence[str],
    before: str,
    written: str,
    step: int,
    scores: Sequence[float],
    weights: Sequence[float],
    context: Sequence[float],
    title: str,
) -> Figure:
    """How one target word comes about: the query, scores, weights on the arrows, context, the decoder's cell, the word.

    Args:
        source: S source words; their states are called h1 to hS.
        before: the target word that the cell reads.
        written: the word that the decoder writes; its gloss is added.
        step: which word of the target it is, from 0; the decoder's state before it is called dh0, dh1, and so on.
        scores, weights: S numbers each.
        context: its numbers.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7.4, 5.5))
    places = [1.7 * i for i in range(len(source))]
    middle = sum(places) / len(places)
    axes.plot([-1.4, places[-1]], [_SCORES, _SCORES], color=TARGET, linewidth=1, zorder=0)
    axes.text(-0.82, _SCORES + 0.16, said("query"), ha="center", fontsize=9, color=TARGET)
    for i, (x, name) in enumerate(zip(places, source, strict=True)):
        _scored_state(axes, x, name, f"h{i + 1}", scores[i])
        _weight(axes, x, middle, weights[i])
    box(axes, middle, _CONTEXT, f"c{step + 1}", CONTEXT)
    numbers = ", ".join(f"{value:.2f}" for value in context)
    axes.text(middle + 0.5, _CONTEXT, f"[{numbers}]", va="center", fontsize=9, color=CONTEXT)
    _decoder_cell(axes, middle, step, before, written)
    rows = [("source", _WORDS), ("states", _STATES), ("scores", _SCORES), ("weights", 2.6), ("context", _CONTEXT)]
    name_rows(axes, [*rows, (said("the decoder's cell"), _CELL), (said("target word"), _WRITTEN)], places[-1] + 0.8)
    blank(axes, title, (-2.2, places[-1] + 2.7), (-0.3, 6.6))
    return figure


def _decoder_cell(axes: Axes, middle: float, step: int, before: str, written: str) -> None:
    """The cell reads the word before and the context; its old state comes in from the left, its new one writes."""
    left, right = -1.7, middle + 1.7
    box(axes, left, _SCORES, f"dh{step}", TARGET)
    axes.plot([left, left], [_SCORES + 0.35, _CELL], color=TARGET, linewidth=1.5, zorder=0)
    arrow(axes, (left, _CELL), (middle - 0.42, _CELL), TARGET)
    _reads(axes, middle, before)
    arrow(axes, (middle, _CONTEXT + 0.38), (middle, _CELL - 0.33), CONTEXT)
    axes.text(middle, _CELL, "GRU", ha="center", va="center", fontsize=10, bbox=_CELL_FRAME, zorder=3)
    arrow(axes, (middle + 0.42, _CELL), (right - 0.4, _CELL), TARGET)
    box(axes, right, _CELL, f"dh{step + 1}", TARGET)
    arrow(axes, (right, _CELL + 0.35), (right, _WRITTEN - 0.2), TARGET)
    word(axes, right, _WRITTEN, written, TARGET, size=14)
    if gloss(written):
        axes.text(right - 0.45, _WRITTEN, gloss(written), ha="right", va="center", fontsize=9, color=NEUTRAL)


def _reads(axes: Axes, middle: float, before: str) -> None:
    word(axes, middle - 1.1, _WRITTEN - 0.15, before, TARGET, size=12)
    arrow(axes, (middle - 0.85, _WRITTEN - 0.4), (middle - 0.3, _CELL + 0.36), TARGET)
    axes.text(middle - 1.1, _WRITTEN + 0.2, said("the word before"), ha="center", fontsize=9, color=NEUTRAL)


_CELL_FRAME = {"boxstyle": "square,pad=0.5", "facecolor": PAPER, "edgecolor": TARGET, "linewidth": 1.5}


def _scored_state(axes: Axes, x: float, text: str, state: str, score: float) -> None:
    """A source word, its state, and its score."""
    word(axes, x, _WORDS, text, SOURCE, size=12)
    box(axes, x, _STATES, state, SOURCE)
    arrow(axes, (x, _STATES + 0.32), (x, _SCORES - 0.22))
    _number(axes, x, _SCORES, score)


def _weight(axes: Axes, x: float, middle: float, weight: float) -> None:
    """An arrow to the context, as thick and as dark as the weight."""
    start, end = (x, _SCORES + 0.28), (middle + 0.25 * (x - middle) / 1.7, _CONTEXT - 0.35)
    weight_arrow(axes, start, end, weight)
    y = start[1] + 0.35 * (end[1] - start[1])
    offset = 0.55 if x >= middle else -0.55
    axes.text(x + 0.35 * (end[0] - x) + offset, y, f"{weight:.2f}", ha="center", va="center", fontsize=11)


def _number(axes: Axes, x: float, y: float, value: float, digits: int = 1) -> None:
    """A number in a white frame."""
    frame = {"boxstyle": "round,pad=0.35", "facecolor": PAPER, "edgecolor": NEUTRAL}
    axes.text(x, y, f"{value:z.{digits}f}", ha="center", va="center", fontsize=10, bbox=frame, zorder=3)


def draw_score(
    decoder_state: Sequence[float],
    encoder_state: Sequence[float],
    layer: Sequence[Sequence[float]],
    hidden: Sequence[float],
    output: Sequence[float],
    score: float,
    title: str,
) -> Figure:
    """The small network that makes a score, from below: two states, hidden units with tanh, one output.

    Args:
        decoder_state, encoder_state: H numbers each.
        layer: for each hidden unit the parameters of all 2H inputs; they stand on the arrows, a colour for each unit.
        hidden: A numbers, what the hidden units give, tanh included.
        output: the weight of each hidden unit.
        score: what comes out.
        title: what the figure shows.
    """
    inputs = [*decoder_state, *encoder_state]
    figure, axes = plt.subplots(figsize=(7, 4.2))
    units = [1.6 * len(inputs) * (n + 0.5) / len(hidden) - 0.8 for n in range(len(hidden))]
    middle = 0.8 * (len(inputs) - 1)
    for i, value in enumerate(inputs):
        colour = TARGET if i < len(decoder_state) else SOURCE
        box(axes, 1.6 * i, 0, f"{value:z.1f}", colour)
        for n, (unit, weights) in enumerate(zip(units, layer, strict=True)):
            _weighted(axes, (1.6 * i, 0.32), (unit, 1.66), weights[i], at=0.14 + 0.22 * n, colour=_UNITS[n % 2])
    for n, (unit, value, weight) in enumerate(zip(units, hidden, output, strict=True)):
        _number(axes, unit, 1.9, value, digits=2)
        _weighted(axes, (unit, 2.14), (middle, 3.3), weight, at=0.4, colour=_UNITS[n % 2])
    _number(axes, middle, 3.55, score)
    word(axes, 0.8 * (len(decoder_state) - 1), -0.6, "dh0", TARGET)
    word(axes, 1.6 * len(decoder_state) + 0.8 * (len(encoder_state) - 1), -0.6, "h1", SOURCE)
    rows = [
        ("states", 0),
        ("parameters", 0.65),
        (said("hidden units, tanh"), 1.9),
        ("parameters", 2.6),
        ("score", 3.55),
    ]
    name_rows(axes, rows, 1.6 * len(inputs) - 0.9)
    blank(axes, title, (-0.6, 1.6 * len(inputs) + 0.9), (-0.8, 3.9))
    return figure


#: Colours of what belongs to the first hidden unit, and to the second.
_UNITS = ("#6b6b6b", "#7B4FA3")


def _weighted(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], weight: float, *, at: float, colour: str
) -> None:
    """An arrow with its number, `at` a share of its way."""
    arrow(axes, start, end, colour, 1)
    x, y = (a + at * (b - a) for a, b in zip(start, end, strict=True))
    ground = {"boxstyle": "round,pad=0.1", "facecolor": PAPER, "edgecolor": "none"}
    axes.text(x, y, f"{weight:g}", ha="center", va="center", fontsize=9, color=colour, bbox=ground, zorder=4)


def draw_contexts(
    source: Sequence[str], target: Sequence[str], weights: Sequence[Sequence[float]], title: str
) -> Figure:
    """The decoder unrolled: the same states below, a context of its own for each target word above them.

    Args:
        source, target: S and T words.
        weights: T rows of S weights; an arrow is as thick and as dark as its weight.
        title: what the figure shows.
    """
    gap = 2.2
    width = gap * max(len(source), len(target))
    figure, axes = plt.subplots(figsize=(width + 1.4, 4.7))
    below, above = ([(n + 0.5) * width / len(words) for n in range(len(words))] for words in (source, target))
    for i, (x, text) in enumerate(zip(below, source, strict=True)):
        word(axes, x, -0.6, text, SOURCE, size=12)
        box(axes, x, 0, f"h{i + 1}", SOURCE)
    for t, (x, text, row) in enumerate(zip(above, target, weights, strict=True)):
        for start, weight in sorted(zip(below, row, strict=True), key=lambda pair: pair[1]):
            weight_arrow(axes, (start, 0.33), (x + 0.08 * (start - x), 1.9), weight)
        box(axes, x, 2.3, f"c{t + 1}", CONTEXT)
        arrow(axes, (x, 2.68), (x, 2.98), CONTEXT)
        axes.text(x, 3.3, "GRU", ha="center", va="center", fontsize=9, bbox=_CELL_FRAME, zorder=3)
        arrow(axes, (x, 3.62), (x, 3.95), TARGET)
        word(axes, x, 4.15, text, TARGET, size=12)
        axes.text(x, 4.45, gloss(text), ha="center", fontsize=9, color=NEUTRAL)
    for left, right in pairwise(below):
        arrow(axes, (left + 0.38, 0), (right - 0.38, 0))
    for left, right in pairwise(above):
        arrow(axes, (left + 0.4, 3.3), (right - 0.4, 3.3), TARGET)
    rows = [("source", -0.6), ("states", 0), ("weights", 1.1), ("contexts", 2.3), ("decoder", 3.3), ("target", 4.15)]
    name_rows(axes, rows, width + 0.1)
    blank(axes, title, (0, width + 1.2), (-0.9, 4.8))
    return figure


def draw_weights(
    weights: Sequence[Sequence[float]],
    source: Sequence[str],
    target: Sequence[str],
    title: str,
    links: Iterable[tuple[int, int]] = (),
) -> Figure:
    """The weights of one sentence: a row for each target word, dark where the decoder looked.

    Args:
        weights: T rows of S weights.
        source, target: the S and T words, end tokens included if they have weights.
        title: what the figure shows.
        links: (i, j) to frame: source word i belongs to target word j.
    """
    figure, axes = plt.subplots(figsize=(0.55 * len(source) + 2.2, 0.4 * len(target) + 1.5))
    shown = axes.imshow(weights, WEIGHTS, aspect="auto", vmin=0, vmax=1)
    for link in links:
        frame(axes, link, 0.84)
    axes.set_xticks(range(len(source)), source, rotation=45, ha="left", rotation_mode="anchor", color=SOURCE)
    axes.set_yticks(range(len(target)), target, color=TARGET)
    axes.xaxis.tick_top()
    axes.set(xlabel=said("source word"), ylabel=said("target word"))
    axes.xaxis.set_label_position("bottom")
    axes.set_title(title, pad=12)
    axes.spines[:].set_visible(False)
    figure.colorbar(shown, label=said("weight"))
    return figure


#: Colour and hatching of translations that are too short, as long, too long.
_ERRORS = ((MISTAKE, ""), ("#D98BB3", "///"), ("#F3D9E6", "..."))


def plot_error_lengths(
    clauses: Sequence[int], runs: Sequence[Run], sentences: int, trained_up_to: int, title: str
) -> Figure:
    """Plot how many translations are right, and how long the wrong ones are; a mark where the length was imposed.

    Args:
        clauses: the numbers of clauses.
        runs: of one model, one for each seed, with "wrong" and "exact_match_given_length"; means are shown.
        sentences: how many there are of each number of clauses.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7.2, 3.4))
    wrong = {kind: _means(run["wrong"][kind] for run in runs) for kind in runs[0]["wrong"]}
    bottom = [100 - 100 * sum(column) / sentences for column in zip(*wrong.values(), strict=True)]
    axes.bar(clauses, bottom, 0.7, color="#DADADA", edgecolor=NEUTRAL, label=said("right"))
    for (kind, counts), (colour, hatch) in zip(wrong.items(), _ERRORS, strict=True):
        heights = [100 * count / sentences for count in counts]
        axes.bar(
            clauses,
            heights,
            0.7,
            bottom,
            color=colour,
            edgecolor=PAPER,
            hatch=hatch,
            label=said("wrong, {kind}", kind=named(kind)),
        )
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    imposed = [100 * share for share in _means(run["exact_match_given_length"] for run in runs)]
    marks = {"color": BASELINE.colour, "marker": "_", "s": 420, "linewidth": 2.5, "zorder": 3}
    axes.scatter(clauses, imposed, label=said("right, length imposed"), **marks)
    end_of_training(axes, trained_up_to + 0.5, 103)
    axes.set(
        xlabel=said(
            "clauses in the sentence ({sentences} sentences each, mean of {count} seeds)",
            sentences=sentences,
            count=len(runs),
        )
    )
    axes.set(ylabel=said("translations (%)"), ylim=(0, 110), title=title, xticks=list(clauses))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=0.5)
    return figure


def _means(rows: Iterable[Sequence[float]]) -> list[float]:
    return [mean(column) for column in zip(*rows, strict=True)]


def plot_gradients(clauses: Sequence[int], models: dict[str, Sequence[Run]], sentences: int, title: str) -> Figure:
    """Plot the gradient that reaches the first source word against the number of clauses, before and after training.

    Args:
        clauses: the numbers of clauses.
        models: name → its runs, with "first_word_gradient" → "before", "after" → a norm for each number of clauses; the
            baseline first. Norms of 0 (rounded) are left out.
        sentences: how many there are of each number of clauses; the norms are medians over them.
        title: what the figure shows.
    """
    figure, parts = plt.subplots(1, 2, figsize=(8.4, 3.5), sharey=True)
    for axes, moment in zip(parts, ("before", "after"), strict=True):
        for (name, runs), style in zip(models.items(), SERIES, strict=False):
            _norms(axes, clauses, [run["first_word_gradient"][moment] for run in runs], name, style)
        axes.set(
            xlabel=said("clauses in the sentence, {moment} training", moment=named(moment)),
            yscale="log",
            xticks=list(clauses),
        )
    parts[0].set_ylabel(said("gradient at the first source word\n(norm, log scale)"))
    parts[0].legend(loc="lower left")
    seeds = len(next(iter(models.values())))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    note = said(
        "medians of {sentences} sentences; line: median of {seeds} seeds, band: lowest to highest",
        sentences=sentences,
        seeds=seeds,
    )
    figure.supxlabel(note, y=0.04, fontsize=9, color=NEUTRAL)
    figure.tight_layout()
    return figure


def _norms(axes: Axes, clauses: Sequence[int], runs: Sequence[Sequence[float]], name: str, style: Series) -> None:
    """One curve: the median over runs, in a band from the lowest run to the highest, without what is 0 in a run."""
    columns = {place: column for place, column in zip(clauses, zip(*runs, strict=True), strict=True) if min(column) > 0}
    places, middle = list(columns), [median(column) for column in columns.values()]
    axes.plot(places, middle, style.line, color=style.colour, marker=style.marker, markersize=5, label=name)
    low, high = (list(map(end, columns.values())) for end in (min, max))
    axes.fill_between(places, low, high, color=style.colour, alpha=0.18, linewidth=0)


def plot_step_time(lengths: Sequence[int], models: dict[str, Run], title: str) -> Figure:
    """Plot the time of a training step against sentence length, both on a logarithmic scale.

    Args:
        lengths: S = T, in words, rising.
        models: name → a run with "lower_quartile", "median_seconds" and "upper_quartile" for each length; the baseline
            first.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(6.2, 3.6))
    for (name, run), style in zip(models.items(), SERIES, strict=False):
        fields = ("lower_quartile", "median_seconds", "upper_quartile")
        low, middle, high = ([1000 * seconds for seconds in run[field]] for field in fields)
        axes.plot(lengths, middle, style.line, color=style.colour, marker=style.marker, markersize=5, label=name)
        axes.fill_between(lengths, low, high, color=style.colour, alpha=0.18, linewidth=0)
    _growth(axes, lengths, 1000 * next(iter(models.values()))["median_seconds"][0])
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xticks(list(lengths), list(map(str, lengths)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set(xlabel=said("words in each sentence, S = T"), ylabel=said("time of a step (ms)"), title=title)
    axes.legend(loc="upper left")
    return figure


def _growth(axes: Axes, lengths: Sequence[int], first: float) -> None:
    """Dotted lines: what grows with S, and what grows with S·T, from one time on."""
    for power, text in ((1, said("as S")), (2, said("as S·T"))):
        times = [first * (length / lengths[0]) ** power for length in lengths]
        axes.plot(lengths, times, color=NEUTRAL, linewidth=1, linestyle=(0, (1, 2)), zorder=0)
        axes.annotate(text, (lengths[-1], times[-1]), (4, 0), textcoords="offset points", fontsize=8, color=NEUTRAL)
