"""Figures of alignments: heat maps with gold links, links judged, misses, models compared, the cost of hidden words."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import log
from statistics import mean, median
from textwrap import fill
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from lessons.toolkit.alignment_results import HIDDEN, share_at_places
from lessons.toolkit.corpus import Link
from lessons.toolkit.figures.visual_language import (
    ATTENTION,
    GOLD,
    MISTAKE,
    NEUTRAL,
    SOURCE,
    TARGET,
    WEIGHTS,
    WORD_READER,
    blank,
    frame,
    name_rows,
    word,
)
from lessons.toolkit.glosses import gloss
from lessons.toolkit.text import said

_LARGE, _SMALL = 0.62, 0.27  # inches a cell has in short and in long sentences
_LETTER = 0.085  # inches a letter of a title has, on the average
_FRAMES = {True: ("-", 2.0), False: (":", 1.4)}  # sure or possible: line, and its width in points


def draw_heat_map(
    weights: Tensor,
    source: Sequence[str],
    target: Sequence[str],
    title: str,
    gold: Sequence[Link] = (),
) -> Figure:
    """How much each target word looked at each source word, with the gold links as frames on top.

    Args:
        weights: (T, S), from 0 to 1; dark is much.
        source: S words, from left to right.
        target: T words, from top to bottom.
        title: what the figure shows.
        gold: links; a sure one has a full frame, a possible one a dotted frame.
    """
    figure = _draw_cells(weights, source, target, title)
    (axes,) = figure.axes
    for link in gold:
        line, width = _FRAMES[link.sure]
        frame(axes, (link.source, link.target), 0.88, line, width)
    _explain_frames(axes, gold)
    scale = figure.colorbar(axes.images[0], ax=axes, shrink=0.5, aspect=12, pad=0.02, ticks=[0, 0.5, 1])
    scale.set_label(said("weight"), fontsize=9)
    scale.ax.tick_params(labelsize=8)
    return figure


def _draw_cells(weights: Tensor, source: Sequence[str], target: Sequence[str], title: str) -> Figure:
    """The map of `draw_heat_map` without frames and scale."""
    size = _cell_size(max(len(source), len(target)))
    figure, axes = plt.subplots(figsize=(size * len(source) + 2.1, size * len(target) + 1.2))
    axes.imshow(weights.numpy(force=True), cmap=WEIGHTS, vmin=0, vmax=1, aspect="equal")
    _label_words(axes, source, target, size)
    letters = max(30, int(size * len(source) / _LETTER))
    axes.set_title("\n".join(fill(line, letters) for line in title.splitlines()), pad=10)
    return figure


def draw_clause_map(
    weights: Tensor,
    source: Sequence[str],
    target: Sequence[str],
    title: str,
    clauses: Sequence[tuple[Sequence[int], Sequence[int]]],
) -> Figure:
    """How much each target word of a long sentence looked at each source word, its clauses as shaded blocks.

    Args:
        weights: (T, S), from 0 to 1; dark is much.
        source: S words, from left to right.
        target: T words, from top to bottom.
        title: what the figure shows.
        clauses: for each the numbers of its source words and of its target words.
    """
    figure = _draw_cells(weights, source, target, title)
    cells = figure.axes[0].images[0]  # black that lets the shade through where there is little weight
    cells.set_data(torch.ones_like(weights).numpy(force=True))
    cells.set_alpha(weights.numpy(force=True).clip(0, 1))
    for number, (columns, rows) in enumerate(clauses):
        for first, last in _runs(rows):
            corner, width = (columns[0] - 0.5, first - 0.5), columns[-1] - columns[0] + 1
            shade = {"facecolor": GOLD, "alpha": 0.4 if number % 2 else 0.22, "linewidth": 0, "zorder": -1}
            figure.axes[0].add_patch(Rectangle(corner, width, last - first + 1, **shade))
    return figure


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers that follow one another, as first and last."""
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return list(zip(starts, ends, strict=True))


def _cell_size(words: int) -> float:
    """Inches a cell: large up to 6 words, small from 20 words on, between them in proportion."""
    share = min(max((words - 6) / 14, 0), 1)
    return _LARGE + share * (_SMALL - _LARGE)


def _explain_frames(axes: Axes, gold: Sequence[Link]) -> None:
    """Say below the map what the frames mean that it has."""
    names = {True: said("sure gold link"), False: said("possible gold link")}
    there = {link.sure for link in gold}
    handles = [
        Patch(fill=False, edgecolor=GOLD, label=names[sure], linestyle=line, linewidth=width)
        for sure, (line, width) in _FRAMES.items()
        if sure in there
    ]
    if handles:
        axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, 0), ncols=2, fontsize=9)


def _label_words(axes: Axes, source: Sequence[str], target: Sequence[str], size: float) -> None:
    font = 8 + 5 * (size - _SMALL) / (_LARGE - _SMALL)
    crowded = any(len(word) * font / 110 > size for word in source)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(source)), source, rotation=90 if crowded else 0, fontsize=font, color=SOURCE)
    axes.set_yticks(range(len(target)), target, fontsize=font, color=TARGET)
    axes.tick_params(length=0)
    axes.set_xticks([n + 0.5 for n in range(len(source) - 1)], minor=True)
    axes.set_yticks([n + 0.5 for n in range(len(target) - 1)], minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_visible(False)


def draw_link_check(
    source: Sequence[str], target: Sequence[str], found: Collection[tuple[int, int]], gold: Sequence[Link], title: str
) -> Figure:
    """Two sentences and the links between them: found and right, found and wrong, sure but not found.

    Args:
        source, target: the words of each.
        found: links (i, j): source word i goes with target word j.
        gold: the sure and the possible links.
        title: what the figure shows.
    """
    width = max(len(source), len(target))
    figure, axes = plt.subplots(figsize=(1.1 * width + 2.6, 2.9))
    above, below = ([(n + 0.5) * width / len(words) for n in range(len(words))] for words in (source, target))
    right = {(link.source, link.target) for link in gold}
    missed = {(link.source, link.target) for link in gold if link.sure} - set(found)
    kinds = {
        "found and right": (set(found) & right, {"color": "black", "linewidth": 2}),
        "found, but wrong": (set(found) - right, {"color": MISTAKE, "linewidth": 2, "linestyle": "--"}),
        "sure, but not found": (missed, {"color": GOLD, "linewidth": 2, "linestyle": ":"}),
    }
    for name, (links, style) in kinds.items():
        axes.plot([], [], label=name, **style)
        for i, j in links:
            axes.plot([above[i], below[j]], [0.85, 0.15], zorder=0, **style)
    for words, places, y, colour in ((source, above, 1, SOURCE), (target, below, 0, TARGET)):
        for x, text in zip(places, words, strict=True):
            word(axes, x, y, text, colour, size=12)
            if words is target:
                axes.text(x, -0.2, gloss(text), ha="center", fontsize=8, color=NEUTRAL)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=3, fontsize=9)
    blank(axes, title, (-0.1, width + 0.1), (-0.3, 1.15))
    return figure


def draw_equal_bars(source: Sequence[str], target: Sequence[str], title: str) -> Figure:
    """Both sentences as bars of one width, cut into words of equal width, with a line up from each target word."""
    figure, axes = plt.subplots(figsize=(9, 2.2))
    for words, y, colour in ((source, 1, SOURCE), (target, 0, TARGET)):
        cut = 1 / len(words)
        for n, text in enumerate(words):
            axes.add_patch(
                Rectangle((n * cut, y - 0.2), cut, 0.4, facecolor="#f2f2f2", edgecolor=colour, linewidth=1.5)
            )
            word(axes, (n + 0.5) * cut, y, text, colour)
            if words is target:
                axes.plot([(n + 0.5) * cut] * 2, [0.2, 0.8], ":", color=NEUTRAL, linewidth=1.5)
                axes.text((n + 0.5) * cut, -0.36, gloss(text), ha="center", fontsize=8, color=NEUTRAL)
    name_rows(axes, [("source", 1), ("target", 0)], -0.01, "right")
    blank(axes, title, (-0.09, 1.01), (-0.45, 1.3))
    return figure


def plot_misses(counts: Mapping[str, Mapping[int, int]], title: str, reach: int = 4) -> Figure:
    """How far from the gold source word the greatest weight is, as shares of all sure links.

    Args:
        counts: model → distance in source words (positive: to the right) → number of sure links.
        title: what the figure shows.
        reach: the greatest distance that has a bar of its own.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3))
    places = range(-reach, reach + 1)
    width = 0.8 / len(counts)
    for n, ((name, found), style) in enumerate(zip(counts.items(), (ATTENTION, WORD_READER), strict=False)):
        shares = [100 * found.get(place, 0) / sum(found.values()) for place in places]
        left = [place + (n - (len(counts) - 1) / 2) * width for place in places]
        axes.bar(left, shares, width, label=name, color=style.colour, hatch="//" if n else None, edgecolor="white")
    axes.set(
        xlabel=said("distance from the gold word (source words, + is to the right)"), ylabel=said("sure links (%)")
    )
    axes.set_title(title)
    axes.set_xticks(list(places), [f"{place:+d}" if place else "0" for place in places])
    axes.legend()
    return figure


def plot_error_by_epoch(
    curves: Mapping[str, Sequence[Sequence[float]]], levels: Mapping[str, float], title: str
) -> Figure:
    """Plot AER against epochs, a panel per model: a thin line per seed, a thick one for the median.

    Args:
        curves: model → for each seed the AER after each epoch.
        levels: name → AER of a baseline that does not learn, drawn as a dashed line.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(curves), figsize=(1.6 * len(curves) + 0.6, 2.7), sharey=True, squeeze=False)
    for panel, (name, seeds) in zip(axes[0], curves.items(), strict=True):
        epochs = range(1, len(seeds[0]) + 1)
        for errors in seeds:
            panel.plot(epochs, errors, color=ATTENTION.colour, linewidth=0.8, alpha=0.5)
        panel.plot(
            epochs, _median_at_each(seeds), color=ATTENTION.colour, marker=ATTENTION.marker, markersize=4, label=name
        )
        for level in levels.values():
            panel.axhline(level, color=NEUTRAL, linestyle="--", linewidth=1)
        panel.set(xlabel=said("epoch"), ylim=(0, 1))
        panel.set_title(name, fontsize=10)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    for name, level in levels.items():
        axes[0][0].text(1, level + 0.02, name, fontsize=8, color=NEUTRAL)
    axes[0][0].set_ylabel(said("alignment error rate"))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _median_at_each(seeds: Sequence[Sequence[float]]) -> list[float]:
    return [median(values) for values in zip(*seeds, strict=True)]


_PLACE_STYLES = {
    "before it": {"color": "#E6E6E6"},
    "the gold word": {"color": GOLD},
    "the next word": {"color": "#8C8C8C", "hatch": "//"},
    "further on": {"color": "#4D4D4D"},
}


def plot_changes(models: Mapping[str, Sequence[Mapping[str, Any]]], diagonal: float, title: str) -> Figure:
    """Plot translations, alignment errors and the place of the darkest word: a row per model, a dot per seed.

    Args:
        models: model → its runs in `05_alignments.json`, from all seeds.
        diagonal: the AER of links along the diagonal, drawn as a dashed line.
        title: what the figure shows.
    """
    figure, (exact, errors, places) = plt.subplots(
        1, 3, figsize=(10.5, 0.5 * len(models) + 1.7), sharey=True, width_ratios=(1, 1.2, 1.6)
    )
    for row, runs in enumerate(models.values()):
        found = [run["alignment"] for run in runs]
        _dots(exact, -row, [100 * run["exact_match"] for run in runs], "o")
        _dots(errors, -row + 0.14, [each["aer_argmax"] for each in found], "o")
        _dots(errors, -row - 0.14, [each["aer_threshold"] for each in found], "D", "white")
        _stacked(places, -row, [share_at_places(run["offsets"]["counts"]) for run in runs])
    exact.set_yticks([-row for row in range(len(models))], list(models))
    exact.set(xlabel=said("exact match (%)"), xlim=(min(90, exact.get_xlim()[0]), 100), ylim=(0.5 - len(models), 0.5))
    exact.xaxis.set_major_locator(MaxNLocator(4))
    errors.set(xlabel=said("alignment error rate\n(● greatest weight, ◇ threshold)"), xlim=(0, 0.8))
    errors.axvline(diagonal, color=NEUTRAL, linestyle="--", linewidth=1)
    errors.text(diagonal - 0.01, 0.4, said("diagonal"), ha="right", fontsize=8, color=NEUTRAL)
    places.set(xlabel=said("where the darkest word is (% of target words)"), xlim=(0, 100))
    handles = [Patch(label=name, **style) for name, style in _PLACE_STYLES.items()]
    places.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.5, 1),
        ncols=4,
        fontsize=8,
        handlelength=1,
        columnspacing=1,
    )
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _dots(axes: Axes, y: float, values: Sequence[float], marker: str, face: str = ATTENTION.colour) -> None:
    axes.plot(values, [y] * len(values), marker, color=ATTENTION.colour, markerfacecolor=face, alpha=0.7, markersize=6)
    axes.grid(axis="x", alpha=0.3)


def _stacked(axes: Axes, y: float, seeds: Sequence[Mapping[str, float]]) -> None:
    """Draw the mean shares of all seeds as one bar in pieces."""
    left = 0.0
    for name, style in _PLACE_STYLES.items():
        width = 100 * mean(shares[name] for shares in seeds)
        axes.barh(y, width, 0.62, left, edgecolor="white", **style)
        left += width


def plot_hidden_words(panels: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]], title: str) -> Figure:
    """Plot what right words lose when source words are hidden: a column per model, a row of panels per way to hide.

    Args:
        panels: model → way to hide → for each seed a table of `hidden_words.hiding`. Models have the same ways. A dot
            is the median of a seed, a bar the median of these.
        title: what the figure shows.
    """
    ways = list(next(iter(panels.values())))
    figure, axes = plt.subplots(
        len(ways), len(panels), figsize=(4.4 * len(panels) + 1, 1.75 * len(ways) + 1.2), sharex=True, sharey=True
    )
    for column, (model, tables) in enumerate(panels.items()):
        axes[0][column].set_title(model, fontsize=10, pad=20)
        for row, way in enumerate(ways):
            _hidden_bars(axes[row][column], tables[way], way)
        axes[-1][column].set_xlabel(said("log-probability lost (nats, median)"))
    axes[0][0].set_xlim(0, 1.08 * max(_medians(panels)))
    _as_factors(axes[0])
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _medians(panels: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]) -> list[float]:
    return [
        table[hidden]["median"]
        for tables in panels.values()
        for seeds in tables.values()
        for table in seeds
        for hidden in HIDDEN
    ]


def _hidden_bars(axes: Axes, seeds: Sequence[Mapping[str, Any]], way: str) -> None:
    for row, hidden in enumerate(HIDDEN):
        values = [table[hidden]["median"] for table in seeds]
        axes.barh(-row, median(values), 0.6, color="#d9d9d9")
        axes.plot(values, [-row] * len(values), "o", color=ATTENTION.colour, alpha=0.75, markersize=6, clip_on=False)
    axes.set_yticks([-row for row in range(len(HIDDEN))], list(HIDDEN.values()))
    axes.set_ylim(0.5 - len(HIDDEN), 0.5)
    axes.grid(axis="x", alpha=0.3)
    axes.text(0.99, 0.04, way, transform=axes.transAxes, ha="right", fontsize=9, style="italic", color=NEUTRAL)


def _as_factors(row: Sequence[Axes]) -> None:
    """Say over each column of panels what losses in nats mean as factors of probability."""
    for axes in row:
        above = axes.secondary_xaxis("top")
        above.set_xticks([log(factor) for factor in (1, 10, 50)], [said("probability"), "÷ 10", "÷ 50"], fontsize=8)
        above.tick_params(length=2, colors=NEUTRAL)
        above.spines[:].set_visible(False)


def plot_effects(groups: Sequence[Sequence[float]], edges: Sequence[float], title: str) -> Figure:
    """What hiding a source word costs a target word, for pairs of words with little to much weight.

    Args:
        groups: the losses of log-probability, in nats, of all pairs in each range of weights.
        edges: where the ranges begin and end, one more than there are groups.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3.2))
    _boxes(axes, groups, edges)
    axes.set(xlabel=said("weight of the source word"), ylabel=said("log-probability lost (nats)"), title=title)
    return figure


def plot_effects_by_model(
    models: Mapping[str, Sequence[Sequence[float]]], edges: Sequence[float], title: str
) -> Figure:
    """Plot what hiding a source word costs, by its weight, as `plot_effects` does, a panel per model.

    Args:
        models: model → the losses of log-probability, in nats, of all pairs in each range of weights.
        edges: where the ranges begin and end, one more than there are groups.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(models), figsize=(4.6 * len(models), 3.2), sharey=True, squeeze=False)
    for panel, (name, groups) in zip(axes[0], models.items(), strict=True):
        _boxes(panel, groups, edges)
        panel.set_title(name, fontsize=10)
        panel.set_xlabel(said("weight of the source word"))
    axes[0][0].set_ylabel(said("log-probability lost (nats)"))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _boxes(axes: Axes, groups: Sequence[Sequence[float]], edges: Sequence[float]) -> None:
    """A box per range of weights, with the number of pairs below its name."""
    style = {"showfliers": False, "patch_artist": True, "boxprops": {"facecolor": "#d9d9d9"}}
    axes.boxplot(groups, whis=(5, 95), medianprops={"color": "black", "linewidth": 2.5}, **style)
    ranges = zip(pairwise(edges), groups, strict=True)
    names = [f"{low:g}–{high:g}\nn = {len(group):,}" for (low, high), group in ranges]
    axes.set_xticks(range(1, len(names) + 1), names, fontsize=8)
