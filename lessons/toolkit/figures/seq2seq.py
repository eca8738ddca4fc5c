"""Figures of the baseline: word by word, a padded batch, what greedy decoding chooses from, a bottleneck."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from lessons.toolkit.figures import common
from lessons.toolkit.figures.visual_language import (
    CONTEXT,
    NEUTRAL,
    SOURCE,
    TARGET,
    WEIGHTS,
    arrow,
    blank,
    name_rows,
    word,
)


def draw_lookup(
    source: Sequence[str], looked_up: Sequence[str], target: Sequence[str], links: Sequence[tuple[int, int]], title: str
) -> Figure:
    """Word by word beside a translation: the source in the middle, its lookups above, the right words below.

    Args:
        source: S words.
        looked_up: S words, what a dictionary has for each.
        target: the right words; a lookup that differs from the word at its place has a frame.
        links: pairs (i, j): source word i belongs to target word j.
        title: what the figure shows.
    """
    width = max(len(source), len(target))
    figure, axes = plt.subplots(figsize=(1.5 * width + 2.4, 3))
    for x, (text, found) in enumerate(zip(source, looked_up, strict=True)):
        arrow(axes, (x, 1.2), (x, 1.75))
        word(axes, x, 1, text, SOURCE, size=13)
        word(axes, x, 2, found, TARGET, size=13, wrong=list(target[x : x + 1]) != [found])
    for i, j in links:
        arrow(axes, (i, 0.8), (j, 0.22))
    for x, text in enumerate(target):
        word(axes, x, 0, text, TARGET, size=13)
    name_rows(axes, [("looked up", 2), ("English", 1), ("right", 0)], -0.6, "right")
    blank(axes, title, (-1.5, width - 0.4), (-0.25, 2.3))
    return figure


def draw_batch(words: Sequence[Sequence[str]], mask: Sequence[Sequence[bool]], title: str) -> Figure:
    """A padded batch: a row for each sentence, the places that the mask leaves out hatched.

    Args:
        words: B rows of S words, padding among them.
        mask: B rows of S truth values, True at real words.
        title: what the figure shows.
    """
    columns = len(words[0])
    figure, axes = plt.subplots(figsize=(0.95 * columns + 0.6, 0.5 * len(words) + 1))
    for y, (row, real) in enumerate(zip(words, mask, strict=True)):
        for x, (text, counts) in enumerate(zip(row, real, strict=True)):
            style = {"facecolor": "#dbe8f3"} if counts else {"facecolor": "white", "hatch": "///"}
            axes.add_patch(Rectangle((x - 0.46, y - 0.4), 0.92, 0.8, edgecolor="#b5b5b5", linewidth=0.8, **style))
            word(axes, x, y, text, SOURCE if counts else NEUTRAL, size=10)
    axes.set(xlim=(-0.55, columns - 0.45), ylim=(len(words) - 0.5, -0.5), xlabel="place in the sentence (S)")
    axes.set_xticks(range(columns))
    axes.set_yticks(range(len(words)))
    axes.set_ylabel("sentence (B)")
    axes.set_title(title)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return figure


def draw_choices(words: Sequence[Sequence[str]], shares: Sequence[Sequence[float]], title: str) -> Figure:
    """Greedy decoding: at each step the likeliest words; the first is written, and read at the next step.

    Args:
        words: for each step the likeliest words, the best first.
        shares: the probability of each, from 0 to 1.
        title: what the figure shows.
    """
    ranks = len(words[0])
    figure, axes = plt.subplots(figsize=(1.25 * len(words) + 1.6, 0.55 * ranks + 1.7))
    for t, (found, given) in enumerate(zip(words, shares, strict=True)):
        word(axes, t, -0.3, "<start>" if t == 0 else words[t - 1][0])
        arrow(axes, (t, -0.08), (t, 0.48))
        for rank, (text, share) in enumerate(zip(found, given, strict=True)):
            _choice(axes, t, 1 + rank, text, share, first=rank == 0)
        if t:
            arrow(axes, (t - 0.55, 0.75), (t - 0.38, -0.1), TARGET)
    others = [(f"no. {rank}", rank) for rank in range(2, ranks + 1)]
    name_rows(axes, [("reads", -0.3), ("writes", 1), *others], -0.62, "right")
    blank(axes, title, (-1.25, len(words) - 0.4), (-0.6, ranks + 0.6))
    return figure


def _choice(axes: Axes, x: float, y: float, text: str, share: float, *, first: bool) -> None:
    """A word and its probability on a ground as dark as the probability; the one that is written has a frame."""
    edge = {"edgecolor": TARGET if first else "#bbbbbb", "linewidth": 2 if first else 0.6}
    axes.add_patch(Rectangle((x - 0.45, y - 0.42), 0.9, 0.84, facecolor=plt.get_cmap(WEIGHTS)(0.6 * share), **edge))
    axes.text(x, y + 0.15, text, ha="center", va="center", fontsize=10)
    axes.text(x, y - 0.22, f"{share:.0%}", ha="center", va="center", fontsize=8)


def show_bottleneck(hidden_size: int, context_sizes: Sequence[int]) -> None:
    """Show what a bottleneck does to the context, for several sizes."""
    title = "The networks on both sides stay; less and less passes between them"
    sizes = ", ".join(map(str, context_sizes))
    common.show(
        draw_bottleneck(hidden_size, context_sizes, title),
        f"The encoder's last state of {hidden_size} numbers passes through one of {sizes} numbers and is widened to "
        f"{hidden_size} again.",
    )


def draw_bottleneck(hidden_size: int, context_sizes: Sequence[int], title: str) -> Figure:
    """The context narrowed and widened again, for several sizes; heights are in proportion to the numbers.

    Args:
        hidden_size: H.
        context_sizes: C, one panel each.
        title: what the figure shows.
    """
    figure, panels = plt.subplots(1, len(context_sizes), figsize=(3.3 * len(context_sizes), 2.7), squeeze=False)
    for axes, size in zip(panels[0], context_sizes, strict=True):
        for x, height, colour in ((0, hidden_size, SOURCE), (1, size, CONTEXT), (2, hidden_size, CONTEXT)):
            axes.add_patch(Rectangle((x - 0.12, -height / 2), 0.24, height, facecolor=colour))
            axes.text(x, -0.6 * hidden_size, str(height), ha="center", va="top", fontsize=10, color=colour)
        for x, left, right in ((0.12, hidden_size, size), (1.12, size, hidden_size)):
            corners = [(x, -left / 2), (x, left / 2), (x + 0.76, right / 2), (x + 0.76, -right / 2)]
            axes.add_patch(Polygon(corners, facecolor="#e4e4e4"))
        for x, name in ((0, "encoder's\nlast state"), (1, f"C = {size}"), (2, "what the\ndecoder gets")):
            axes.text(x, 0.6 * hidden_size, name, ha="center", va="bottom", fontsize=9, color=NEUTRAL)
        blank(axes, "", (-0.5, 2.5), (-0.85 * hidden_size, 0.95 * hidden_size))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure
