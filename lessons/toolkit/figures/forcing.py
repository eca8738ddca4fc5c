"""Figures of lesson 04: two decodings side by side, schedules, loss and accuracy, what follows an error."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from torch import Tensor

from lessons.toolkit.figures.visual_language import NEUTRAL, SERIES, TARGET, arrow, blank, mean_in_band, name_rows, word

_RIGHT, _FORCED, _FREE = 4.7, 3.0, 0.6  # heights: of the right words, and of the words that the decoder writes
_ABOVE = 0.85  # how far above what it writes stands what it reads


def draw_decodings(right: Sequence[str], forced: Sequence[str], free: Sequence[str], title: str) -> Figure:
    """What a decoder reads and writes at each step, forced and free-running; wrong words have a frame.

    Args:
        right: the right words, END included.
        forced, free: the words written when each step reads the right word, or what the step before wrote.
        title: what the figure shows.
    """
    longest = max(len(right), len(forced), len(free))
    figure, axes = plt.subplots(figsize=(longest + 1.6, 4.2))
    _words(axes, right, right, _RIGHT)
    _reads_and_writes(axes, right, ["<start>", *right[:-1]], forced, _FORCED)
    _reads_and_writes(axes, right, ["<start>", *free[:-1]], free, _FREE)
    for t in range(len(right) - 1):  # the teacher
        arrow(axes, (t + 0.3, _RIGHT - 0.22), (t + 0.72, _FORCED + _ABOVE + 0.25), width=1)
    for t in range(len(free) - 1):  # what was written is read
        arrow(axes, (t + 0.42, _FREE + 0.2), (t + 0.62, _FREE + _ABOVE - 0.2), TARGET, width=1)
    for name, y in (("forced", _FORCED), ("free-running", _FREE)):
        name_rows(axes, [(f"{name}: reads", y + _ABOVE), ("writes", y)], -0.7, "right")
    name_rows(axes, [("right words", _RIGHT)], -0.7, "right")
    blank(axes, title, (-2.4, longest - 0.4), (0.2, 5))
    return figure


def _reads_and_writes(axes: Axes, right: Sequence[str], read: Sequence[str], written: Sequence[str], y: float) -> None:
    _words(axes, ["<start>", *right[:-1]], read, y + _ABOVE, NEUTRAL)
    _words(axes, right, written, y)
    for t in range(len(written)):
        arrow(axes, (t, y + _ABOVE - 0.22), (t, y + 0.24), width=1)


def _words(axes: Axes, right: Sequence[str], words: Sequence[str], y: float, colour: str = TARGET) -> None:
    for t, (text, wanted) in enumerate(zip_longest(words, right[: len(words)])):
        word(axes, t, y, text, colour, wrong=text != wanted)


def draw_coins(words: Sequence[Sequence[str]], coins: Tensor, title: str) -> Figure:
    """Coins over the words that they decide about: filled where the teacher gives the word, empty where the model does.

    Args:
        words: for each of B sentences the words that a forced decoder reads, T or fewer.
        coins: (B, T) bool.
        title: what the figure shows.
    """
    sentences, steps = coins.shape
    figure, axes = plt.subplots(figsize=(1.05 * steps + 1.4, 0.75 * sentences + 0.9))
    for b, row in enumerate(words):
        for t, text in enumerate(row):
            teacher = bool(coins[b, t]) or t == 0
            colour = NEUTRAL if teacher else TARGET
            axes.plot(t, -b, "o", markersize=13, color=colour, markerfacecolor=colour if teacher else "white", mew=2)
            word(axes, t, -b - 0.36, text if teacher else "own word", colour, size=9)
    name_rows(axes, [(f"sentence {b + 1}", -b) for b in range(sentences)], -0.6, "right")
    blank(axes, title, (-1.5, steps - 0.4), (-sentences + 0.3, 0.4))
    return figure


def plot_schedules(curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """The forcing ratio of each step of training, schedule by schedule."""
    figure, axes = plt.subplots(figsize=(6, 2.8))
    for (name, values), style in zip(curves.items(), SERIES, strict=False):
        axes.plot(values, color=style.colour, linestyle=style.line, label=name)
    axes.set(xlabel="step of training", ylabel="forcing ratio", title=title, ylim=(-0.05, 1.08))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_seeds(panels: Mapping[str, Mapping[str, Sequence[float]]], title: str) -> Figure:
    """Panels side by side, each with a row of dots, one a seed, for every way to train.

    Args:
        panels: label of the axis → way → one number a seed. A label with "loss" gets a logarithmic axis.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(3.4 * len(panels), 2.6), sharey=True)
    for panel, (label, ways) in zip(axes, panels.items(), strict=True):
        for row, (values, style) in enumerate(zip(ways.values(), SERIES, strict=False)):
            panel.plot(values, [-row] * len(values), style.marker, color=style.colour, alpha=0.7, markersize=7)
        panel.set_yticks([-row for row in range(len(ways))], list(ways))
        panel.set(xlabel=label, ylim=(0.5 - len(ways), 0.5))
        if "loss" in label:
            panel.set_xscale("log")
            panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            panel.xaxis.set_major_formatter("{x:g}")
            panel.xaxis.set_minor_formatter(NullFormatter())
        panel.grid(axis="x", alpha=0.3)
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def plot_after_error(panels: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], title: str) -> Figure:
    """The share of right words against the distance from the first error: mean over seeds, and the range.

    Args:
        panels: heading → name of a curve → for each seed one share for each distance, from 1.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(4.2 * len(panels), 3.7), sharey=True, squeeze=False)
    for panel, (heading, curves) in zip(axes[0], panels.items(), strict=True):
        for (name, runs), style in zip(curves.items(), SERIES, strict=False):
            places = range(1, len(runs[0]) + 1)
            mean_in_band(panel, places, [[100 * share for share in run] for run in runs], name, style)
        panel.set(xlabel="words after the first error", ylim=(0, 105))
        panel.set_title(heading, fontsize=10)
        panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, fontsize=8)
    axes[0][0].set_ylabel("right words (%)")
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def plot_injected_errors(panels: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]], title: str) -> Figure:
    """Plot what follows the same wrong word in every model: a block of rows per kind of word, a row per way to train.

    Args:
        panels: label of the axis → kind of word → way to train → one share per seed, from 0 to 1. Kinds and ways are
            the same in all panels. A dot is a seed, a stroke the mean.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 4.6), sharey=True, squeeze=False)
    for panel, (label, kinds) in zip(axes[0], panels.items(), strict=True):
        rows = _rows_in_blocks(kinds)
        for y, (way, shares) in rows.items():
            style = SERIES[list(next(iter(kinds.values()))).index(way) % len(SERIES)]
            values = [100 * share for share in shares]
            panel.plot(values, [y] * len(values), style.marker, color=style.colour, alpha=0.7, markersize=7)
            panel.vlines(sum(values) / len(values), y - 0.38, y + 0.38, color=style.colour, linewidth=2)
        panel.set_yticks(list(rows), [way for way, _ in rows.values()])
        panel.set(xlabel=label, xlim=(0, 102), ylim=(min(rows) - 0.7, 1))
        panel.grid(axis="x", alpha=0.3)
        for block, kind in enumerate(kinds):
            y = 0.65 - block * (len(kinds[kind]) + 1.2)
            panel.text(1, y, kind, fontsize=9, style="italic", color=NEUTRAL, va="center")
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _rows_in_blocks(
    kinds: Mapping[str, Mapping[str, Sequence[float]]],
) -> dict[float, tuple[str, Sequence[float]]]:
    """Give each way of each kind a height, with room for a heading over each block: height → way, shares."""
    return {
        -block * (len(ways) + 1.2) - row: (way, shares)
        for block, ways in enumerate(kinds.values())
        for row, (way, shares) in enumerate(ways.items())
    }
