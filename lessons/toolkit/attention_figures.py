"""Figures of attention: one step with its scores and weights, the weights of a sentence, curves over several runs."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.toolkit.figures import CONTEXT, NEUTRAL, SOURCE, TARGET, arrow, blank, box, plot_by_clauses

_WORDS, _STATES, _SCORES, _CONTEXT, _WRITTEN = 0.0, 0.8, 1.8, 3.4, 4.4  # heights of the rows


def draw_attention_step(
    source: Sequence[str],
    word: str,
    step: int,
    scores: Sequence[float],
    weights: Sequence[float],
    context: Sequence[float],
    title: str,
) -> Figure:
    """How one target word comes about: states, scores, weights on the arrows, context, word.

    Args:
        source: S source words; their states are called h1 to hS.
        word: what the decoder writes.
        step: which word of the target it is, from 0; the decoder's state is called dh0, dh1, and so on.
        scores, weights: S numbers each.
        context: its numbers.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7, 4.2))
    places = [1.7 * i for i in range(len(source))]
    middle = sum(places) / len(places)
    box(axes, -1.7, _SCORES, f"dh{step}", TARGET)
    axes.plot([-1.3, places[-1]], [_SCORES, _SCORES], color=NEUTRAL, linewidth=1, zorder=0)
    for i, (x, name) in enumerate(zip(places, source, strict=True)):
        _scored_state(axes, x, name, f"h{i + 1}", scores[i])
        _weight(axes, x, middle, weights[i])
    box(axes, middle, _CONTEXT, f"c{step + 1}", CONTEXT)
    numbers = ", ".join(f"{value:.2f}" for value in context)
    axes.text(middle + 0.5, _CONTEXT, f"[{numbers}]", va="center", fontsize=9, color=CONTEXT)
    arrow(axes, (middle, _CONTEXT + 0.35), (middle, _WRITTEN - 0.2))
    axes.text(middle, _WRITTEN, word, ha="center", va="center", fontsize=14, color=TARGET)
    _name_rows(axes, places[-1] + 0.8)
    blank(axes, title, (-2.2, places[-1] + 2.2), (-0.3, 4.7))
    return figure


def _scored_state(axes: Axes, x: float, word: str, state: str, score: float) -> None:
    """A source word, its state, and its score."""
    axes.text(x, _WORDS, word, ha="center", va="center", fontsize=12, color=SOURCE)
    box(axes, x, _STATES, state, SOURCE)
    arrow(axes, (x, _STATES + 0.32), (x, _SCORES - 0.22))
    frame = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": NEUTRAL}
    axes.text(x, _SCORES, f"{score:z.1f}", ha="center", va="center", fontsize=10, bbox=frame, zorder=3)


def _weight(axes: Axes, x: float, middle: float, weight: float) -> None:
    """An arrow to the context, as thick and as dark as the weight."""
    start, end = (x, _SCORES + 0.28), (middle + 0.25 * (x - middle) / 1.7, _CONTEXT - 0.35)
    shade = str(0.85 * (1 - weight))
    style = {"arrowstyle": "-|>", "color": shade, "linewidth": 0.8 + 6 * weight, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)
    y = start[1] + 0.35 * (end[1] - start[1])
    offset = 0.4 if x >= middle else -0.55
    axes.text(x + 0.35 * (end[0] - x) + offset, y, f"{weight:.2f}", ha="center", va="center", fontsize=11)


def _name_rows(axes: Axes, x: float) -> None:
    rows = {"source": _WORDS, "states": _STATES, "scores": _SCORES, "weights": 2.4, "context": _CONTEXT}
    for name, y in {**rows, "target word": _WRITTEN}.items():
        axes.text(x, y, name, va="center", fontsize=9, color=NEUTRAL)


def draw_weights(
    weights: Sequence[Sequence[float]], source: Sequence[str], target: Sequence[str], title: str
) -> Figure:
    """The weights of one sentence: a row for each target word, dark where the decoder looked.

    Args:
        weights: T rows of S weights.
        source, target: the S and T words, end tokens included if they have weights.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(0.55 * len(source) + 2.2, 0.4 * len(target) + 1.5))
    shown = axes.imshow(weights, "Greys", aspect="auto", vmin=0, vmax=1)
    axes.set_xticks(range(len(source)), source, rotation=45, ha="left", rotation_mode="anchor", color=SOURCE)
    axes.set_yticks(range(len(target)), target, color=TARGET)
    axes.xaxis.tick_top()
    axes.set(xlabel="source word", ylabel="target word")
    axes.xaxis.set_label_position("bottom")
    axes.set_title(title, pad=12)
    axes.spines[:].set_visible(False)
    figure.colorbar(shown, label="weight")
    return figure


def plot_runs_by_clauses(
    clauses: Sequence[int], runs: dict[str, Sequence[Sequence[float]]], trained_up_to: int, title: str
) -> Figure:
    """Exact match against the number of clauses: the mean of several runs, in a band from the worst to the best.

    Args:
        clauses: the numbers of clauses.
        runs: name → for each run, exact match from 0 to 1 for each number of clauses.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
    """
    columns = {name: list(zip(*curves, strict=True)) for name, curves in runs.items()}
    means = {name: [sum(column) / len(column) for column in found] for name, found in columns.items()}
    figure = plot_by_clauses(clauses, means, trained_up_to, title)
    axes = figure.axes[0]
    for line, found in zip(axes.get_lines(), columns.values(), strict=False):
        low, high = ([100 * edge(column) for column in found] for edge in (min, max))
        axes.fill_between(list(clauses), low, high, color=line.get_color(), alpha=0.25, linewidth=0)
    return figure
