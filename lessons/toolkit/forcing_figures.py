"""Figures of lesson 04: two decodings side by side, schedules, loss beside accuracy, what follows an error."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from lessons.toolkit.figures import CONTEXT, NEUTRAL, SOURCE, TARGET, WARNING

_COLOURS, _MARKERS = (TARGET, CONTEXT, SOURCE, NEUTRAL), "os^D"
_ROWS = {"right": 4.2, "forced": 2.6, "free": 0.6}  # where the words written stand; those read stand below
_BELOW = 0.75


def draw_decodings(right: Sequence[str], forced: Sequence[str], free: Sequence[str], title: str) -> Figure:
    """What a decoder reads and writes at each step, forced and free-running; wrong words are boxed.

    Args:
        right: the right words, END included.
        forced, free: the words written when each step reads the right word, or what the step before wrote.
        title: what the figure shows.
    """
    longest = max(len(right), len(forced), len(free))
    figure, axes = plt.subplots(figsize=(longest + 1.6, 3.7))
    _words(axes, right, right, _ROWS["right"])
    _two_rows(axes, right, forced, ["<start>", *right[:-1]], _ROWS["forced"])
    _two_rows(axes, right, free, ["<start>", *free[:-1]], _ROWS["free"])
    for t in range(longest - 1):
        arrow = {"arrowstyle": "-|>", "color": NEUTRAL, "shrinkA": 0, "shrinkB": 0, "linewidth": 1}
        axes.annotate("", (t + 0.75, _ROWS["free"] - 0.55), (t + 0.25, _ROWS["free"] - 0.22), arrowprops=arrow)
    for name, text in {"right": "right", "forced": "forced: writes", "free": "free-running: writes"}.items():
        axes.text(-0.65, _ROWS[name], text, ha="right", va="center", fontsize=9, color=NEUTRAL)
        if name != "right":
            axes.text(-0.65, _ROWS[name] - _BELOW, "reads", ha="right", va="center", fontsize=9, color=NEUTRAL)
    axes.set(xlim=(-2.3, longest - 0.4), ylim=(-0.5, 4.7), title=title)
    axes.set_axis_off()
    return figure


def _two_rows(axes: Axes, right: Sequence[str], written: Sequence[str], read: Sequence[str], y: float) -> None:
    _words(axes, right, written, y)
    _words(axes, ["<start>", *right[:-1]], read, y - _BELOW, NEUTRAL)


def _words(axes: Axes, right: Sequence[str], words: Sequence[str], y: float, colour: str = TARGET) -> None:
    for t, (word, wanted) in enumerate(zip_longest(words, right[: len(words)])):
        wrong = word != wanted
        box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": WARNING, "linewidth": 1.8}
        axes.text(t, y, word, ha="center", va="center", fontsize=11, color=colour, bbox=box if wrong else None)


def plot_schedules(curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """The forcing ratio of each step of training, schedule by schedule."""
    figure, axes = plt.subplots(figsize=(6, 2.8))
    for (name, values), colour, style in zip(curves.items(), _COLOURS, ("-", "--", "-.", ":"), strict=False):
        axes.plot(values, color=colour, linestyle=style, label=name)
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
        for row, (values, colour, marker) in enumerate(zip(ways.values(), _COLOURS, _MARKERS, strict=False)):
            panel.plot(values, [-row] * len(values), marker, color=colour, alpha=0.7, markersize=7)
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
        for (name, runs), colour, marker in zip(curves.items(), _COLOURS, _MARKERS, strict=False):
            _curve(panel, name, list(zip(*runs, strict=True)), colour, marker)
        panel.set(xlabel="words behind the first error", ylim=(0, 105))
        panel.set_title(heading, fontsize=10)
        panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, fontsize=8)
    axes[0][0].set_ylabel("right words (%)")
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _curve(axes: Axes, name: str, shares: Sequence[Sequence[float]], colour: str, marker: str) -> None:
    """One line with its range, from the shares of all seeds at each distance."""
    distances = range(1, len(shares) + 1)
    mean = [100 * sum(values) / len(values) for values in shares]
    axes.plot(distances, mean, marker=marker, markersize=5, color=colour, label=name)
    low, high = ([100 * pick(values) for values in shares] for pick in (min, max))
    axes.fill_between(distances, low, high, color=colour, alpha=0.15, linewidth=0)
