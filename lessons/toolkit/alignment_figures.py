"""Figures of alignments: heat maps with gold links, links judged, misses, error by epoch, the cost of hiding a word."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from lessons.toolkit.corpus import Link
from lessons.toolkit.visual_language import (
    ATTENTION,
    GOLD,
    HALO,
    MISTAKE,
    NEUTRAL,
    SERIES,
    SOURCE,
    TARGET,
    WEIGHTS,
    WORD_READER,
    blank,
    name_rows,
    word,
)

_LARGE, _SMALL = 0.62, 0.27  # inches a cell has in short and in long sentences


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
    size = _cell_size(max(len(source), len(target)))
    figure, axes = plt.subplots(figsize=(size * len(source) + 1.4, size * len(target) + 1.2))
    axes.imshow(weights.numpy(force=True), cmap=WEIGHTS, vmin=0, vmax=1, aspect="equal")
    for link in gold:
        _frame(axes, link, size)
    _label_words(axes, source, target, size)
    axes.set_title(title, pad=10)
    return figure


def _cell_size(words: int) -> float:
    """Inches a cell: large up to 6 words, small from 20 words on, between them in proportion."""
    share = min(max((words - 6) / 14, 0), 1)
    return _LARGE + share * (_SMALL - _LARGE)


def _frame(axes: Axes, link: Link, size: float) -> None:
    style = {"linestyle": "-", "linewidth": 2.0} if link.sure else {"linestyle": ":", "linewidth": 1.4}
    inset = 0.06
    corner = (link.source - 0.5 + inset, link.target - 0.5 + inset)
    side = 1 - 2 * inset
    axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=GOLD, path_effects=HALO, **style))


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
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=3, fontsize=9)
    blank(axes, title, (-0.1, width + 0.1), (-0.15, 1.15))
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
    name_rows(axes, [("source", 1), ("target", 0)], -0.01, "right")
    blank(axes, title, (-0.09, 1.01), (-0.3, 1.3))
    return figure


def plot_misses(counts: Mapping[str, Mapping[int, int]], title: str, reach: int = 4) -> Figure:
    """How far from the gold source word the greatest weight stands, as shares of all sure links.

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
    axes.set(xlabel="distance from the gold word (source words, + is to the right)", ylabel="sure links (%)")
    axes.set_title(title)
    axes.set_xticks(list(places), [f"{place:+d}" if place else "0" for place in places])
    axes.legend()
    return figure


def plot_error_by_epoch(
    curves: Mapping[str, Sequence[Sequence[float]]], levels: Mapping[str, float], title: str
) -> Figure:
    """AER against epochs: a thin line for each seed, a thick one for the median.

    Args:
        curves: model → for each seed the AER after each epoch.
        levels: name → AER of a baseline that does not learn, drawn as a dashed line.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3.6))
    for (name, seeds), (colour, line, marker) in zip(curves.items(), SERIES[1:], strict=False):
        epochs = range(1, len(seeds[0]) + 1)
        for errors in seeds:
            axes.plot(epochs, errors, color=colour, linewidth=0.8, alpha=0.5)
        median = [sorted(at)[len(at) // 2] for at in zip(*seeds, strict=True)]
        axes.plot(epochs, median, line, color=colour, marker=marker, label=f"{name} (median)")
    for name, level in levels.items():
        axes.axhline(level, color=NEUTRAL, linestyle="--", linewidth=1)
        axes.text(len(epochs), level + 0.01, name, ha="right", fontsize=8, color=NEUTRAL)
    axes.set(xlabel="epoch", ylabel="alignment error rate", title=title, ylim=(0, 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="upper right", fontsize=9)
    return figure


def plot_effects(groups: Sequence[Sequence[float]], edges: Sequence[float], title: str) -> Figure:
    """What hiding a source word costs a target word, for pairs of words with little to much weight.

    Args:
        groups: the losses of log-probability, in nats, of all pairs in each range of weights.
        edges: where the ranges begin and end, one more than there are groups.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3.2))
    names = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    style = {"showfliers": False, "patch_artist": True, "boxprops": {"facecolor": "#d9d9d9"}}
    axes.boxplot(groups, whis=(5, 95), medianprops={"color": "black", "linewidth": 2.5}, **style)
    axes.set_xticks(range(1, len(names) + 1), names)
    axes.set(xlabel="weight of the source word", ylabel="log-probability lost (nats)", title=title)
    return figure
