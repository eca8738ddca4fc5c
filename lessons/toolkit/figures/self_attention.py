"""The drawings of lesson 07: patterns of places, errors of heads, and what is lost without them."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from lessons.toolkit.figures.visual_language import ATTENTION, NEUTRAL, SERIES, WORD_READER
from lessons.toolkit.text import said


def draw_positions(patterns: Tensor, chosen: int, title: str) -> Figure:
    """Draw the patterns of places, and how alike one place is to all others.

    Args:
        patterns: (T, H).
        chosen: the place that is compared with the others.
        title: what the figure shows.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.2), width_ratios=(1.2, 1))
    shown = left.imshow(patterns.numpy(), cmap="cividis", aspect="auto", vmin=-1, vmax=1)
    left.set(xlabel=said("number in the pattern"), ylabel=said("place"))
    figure.colorbar(shown, ax=left)
    alike = (patterns @ patterns[chosen]).tolist()
    style = SERIES[0]
    right.plot(range(len(alike)), alike, style.line, color=style.colour, marker=style.marker, markersize=3)
    right.axvline(chosen, color=NEUTRAL, linewidth=1, linestyle=(0, (4, 3)))
    right.set(xlabel=said("place"), ylabel=said("dot product with place {chosen}", chosen=chosen))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def plot_head_errors(
    errors: Sequence[Sequence[float]], chosen: Sequence[int], heads: int, lines: Mapping[str, float], title: str
) -> Figure:
    """Plot the error rate of every head, a row of marks per seed.

    Args:
        errors: for each seed the AER of each head, block by block.
        chosen: for each seed the head that was chosen on validation sentences.
        heads: N, how many heads a block has.
        lines: name → AER of a model to compare with, drawn as a dashed line.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(6.6, 0.42 * len(errors) + 1.7))
    for seed, (rates, best) in enumerate(zip(errors, chosen, strict=True), 1):
        for number, rate in enumerate(rates):
            face = ATTENTION.colour if number == best else "none"
            marker = "os^D"[number // heads % 4]
            axes.plot(rate, seed, marker, color=ATTENTION.colour, markerfacecolor=face, markersize=8)
    for (name, rate), style in zip(lines.items(), (WORD_READER, SERIES[0], SERIES[3]), strict=False):
        axes.axvline(rate, color=style.colour, linestyle="--", linewidth=1.2)
        axes.annotate(
            name, (rate, 1.01), xycoords=("data", "axes fraction"), fontsize=8, rotation=20, color=style.colour
        )
    for block in range(len(errors[0]) // heads):
        axes.plot(
            [],
            [],
            "os^D"[block % 4],
            color=ATTENTION.colour,
            markerfacecolor="none",
            label=said("block {block}", block=block + 1),
        )
    axes.set(xlabel=said("alignment error rate (0 is best)"), ylabel=said("seed"), xlim=(0, 1))
    axes.set_yticks(range(1, len(errors) + 1))
    axes.invert_yaxis()
    axes.set_title(title, pad=42)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_knock_outs(panels: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], title: str) -> Figure:
    """Plot what the right words lose without a head, and without all heads of a layer: a panel per kind of attention.

    Args:
        panels: kind of attention → "heads", for each seed a loss in nats for each head, and "layers", for each layer.
        title: what the figure shows.
    """
    figure, row = plt.subplots(1, len(panels), figsize=(3.1 * len(panels), 3.5), sharey=True)
    for axes, (kind, found) in zip(row, panels.items(), strict=True):
        layers = len(found["layers"][0])
        for layer in range(layers):
            _losses(axes, layer, found, layers)
        axes.set_title(kind, fontsize=10)
        axes.set_xticks(range(layers), [said("layer {layer}", layer=layer + 1) for layer in range(layers)])
        axes.set_yscale("symlog", linthresh=0.1)
        axes.set_xlim(-0.6, layers - 0.4)
    row[0].set_ylabel(said("nats per word lost"))
    row[0].plot([], [], "o", color=ATTENTION.colour, alpha=0.6, label=said("one head"))
    row[0].plot([], [], "_", color=SERIES[0].colour, markersize=14, markeredgewidth=3, label=said("all heads"))
    row[0].legend(loc="upper left", fontsize=8)
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _losses(axes: Axes, layer: int, found: Mapping[str, Sequence[Sequence[float]]], layers: int) -> None:
    for seed, (heads, whole) in enumerate(zip(found["heads"], found["layers"], strict=True)):
        count = len(heads) // layers
        places = [layer - 0.2 + 0.1 * seed] * count
        style = {"color": ATTENTION.colour, "alpha": 0.6, "markersize": 5}
        axes.plot(places, heads[layer * count : (layer + 1) * count], "o", **style)
        axes.plot(places[0], whole[layer], "_", color=SERIES[0].colour, markersize=14, markeredgewidth=3)


def plot_step_cost(lengths: Sequence[int], models: Mapping[str, Mapping[str, Sequence[float]]], title: str) -> Figure:
    """Plot time and memory of a training step against sentence length.

    Args:
        lengths: S = T, in words, rising.
        models: name → "median_seconds", "lower_quartile", "upper_quartile" and "kept_bytes" for each length.
        title: what the figure shows.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.6))
    for (name, run), style in zip(models.items(), SERIES, strict=False):
        look = {"color": style.colour, "marker": style.marker, "markersize": 5, "label": name}
        left.plot(lengths, run["median_seconds"], style.line, **look)
        left.fill_between(
            lengths, run["lower_quartile"], run["upper_quartile"], color=style.colour, alpha=0.18, linewidth=0
        )
        right.plot(lengths, [size / 2**20 for size in run["kept_bytes"]], style.line, **look)
    for axes, label in ((left, said("processor seconds of a step")), (right, said("MiB kept for the backward pass"))):
        axes.set_xscale("log", base=2)
        axes.set_yscale("log", base=2)
        axes.set_xticks(list(lengths), list(map(str, lengths)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set(xlabel=said("words in each sentence, S = T"), ylabel=label)
    left.legend(loc="upper left")
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure
