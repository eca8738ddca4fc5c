"""Figures of lesson 02's controls: sentences seen in training beside new ones, and errors by place in the target."""

from collections.abc import Sequence
from math import nan
from statistics import mean
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from lessons.toolkit.figures.visual_language import BASELINE, NEUTRAL, PAPER

Run = dict[str, Any]  # as results files have it
Counts = dict[str, list[list[int]]]  # "words" and "wrong" → a row for each clause, a column for each place
_OFFSET = 0.13  # seen sentences stand above the line of a model, new ones below it


def plot_new_and_seen(models: dict[str, list[Run]], clauses: int, sentences: int, title: str) -> Figure:
    """Plot exact match of new sentences and of sentences seen in training, a row for each model, a point for each seed.

    Args:
        models: name → its runs, with "exact_match" and "seen_exact_match" by clauses; the first at the top.
        clauses: how many the sentences have.
        sentences: how many of either kind there are.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7, 0.42 * len(models) + 1.6))
    for row, runs in enumerate(models.values()):
        new, seen = ([100 * run[field][clauses - 1] for run in runs] for field in ("exact_match", "seen_exact_match"))
        axes.plot([mean(new), mean(seen)], [row, row], color=NEUTRAL, linewidth=1, zorder=0)
        _points(axes, new, row + _OFFSET, "o", BASELINE.colour, "new sentences" if row == 0 else None)
        _points(axes, seen, row - _OFFSET, "D", PAPER, "seen in training" if row == 0 else None)
    names = [f"{name} ({len(runs)} seed{'s' * (len(runs) > 1)})" for name, runs in models.items()]
    axes.set_yticks(range(len(models)), names)
    axes.set(xlim=(-3, 103), ylim=(len(models) - 0.4, -0.6))
    axes.set_xlabel(f"exact match at {clauses} clauses (%), n = {sentences} new and {sentences} seen sentences")
    axes.set_title(title, pad=24, x=-0.35)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, handletextpad=0.1)
    return figure


def _points(axes: Axes, values: Sequence[float], y: float, marker: str, fill: str, name: str | None) -> None:
    style = {"s": 34, "marker": marker, "facecolor": fill, "edgecolor": BASELINE.colour, "linewidth": 1.2}
    axes.scatter(values, [y] * len(values), label=name, clip_on=False, zorder=3, **style)


def errors_at_places(tables: Sequence[Counts], clause: int, least: int) -> dict[int, list[float]]:
    """Give the share of wrong words of one clause at each place of the target where it has words enough.

    Args:
        tables: of each seed; all counted the same sentences.
        clause: from 0.
        least: so many words a place must have.

    Returns:
        place, from 0 → a share for each seed; the last column, which gathers all later places, is left out.
    """
    words = tables[0]["words"][clause][:-1]
    return {
        place: [table["wrong"][clause][place] / count for table in tables]
        for place, count in enumerate(words)
        if count >= least
    }


def plot_clauses_by_place(tables: Sequence[Counts], least: int, title: str) -> Figure:
    """Plot wrong words against their place in the target, a line for each clause of the source they come from.

    Args:
        tables: of each seed; the points are means over seeds, the bars run from the lowest seed to the highest.
        least: cells with fewer words are left out.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7.2, 3.8))
    clauses = len(tables[0]["words"])
    colours = plt.get_cmap("viridis")
    for clause in range(clauses):
        style = {"color": colours(0.9 * clause / max(1, clauses - 1)), "marker": "os^DvP"[clause % 6], "markersize": 5}
        _by_place(axes, errors_at_places(tables, clause, least), f"clause {clause + 1}", style)
    counts = [count for row in tables[0]["words"] for count in row[:-1] if count >= least]
    n = f"n: {min(counts)} to {max(counts)} words a point, {len(tables)} seeds"
    axes.set(xlabel=f"place of the word in the Korean sentence ({n})", ylabel="wrong words (%)", ylim=(0, None))
    axes.set_title(title)
    axes.xaxis.set_major_locator(MultipleLocator(2, offset=1))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), title="word of English")
    return figure


def _by_place(axes: Axes, shares: dict[int, list[float]], name: str, style: dict) -> None:
    """One clause: means with bars from the lowest seed to the highest; the line breaks where places are left out."""
    places = range(min(shares), max(shares) + 1)
    seeds = [[100 * share for share in shares.get(place, [nan])] for place in places]
    bars = [[mean(found) - min(found) for found in seeds], [max(found) - mean(found) for found in seeds]]
    x = [place + 1 for place in places]
    axes.errorbar(x, list(map(mean, seeds)), bars, label=name, elinewidth=0.8, linewidth=1.6, **style)
