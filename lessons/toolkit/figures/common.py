"""How every figure is shown in a notebook, and the figures of lessons 01 and 02.

What colours, shapes and lines mean is said in `visual_language`.
"""

import base64
import html
import io
from collections.abc import Iterable, Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from PIL import Image

from lessons.toolkit.figures.visual_language import (
    CONTEXT,
    NEUTRAL,
    SERIES,
    SOURCE,
    TARGET,
    arrow,
    blank,
    box,
    end_of_training,
    mean_in_band,
    word,
)
from lessons.toolkit.figures.visual_language import use_course_style as use_course_style  # lessons call it here
from lessons.toolkit.text import is_english, label, lang_attribute, said

_SHOWN, _SHARPER = 110, 1.5  # dots an inch on the page, and how many more the file has, for print
_COLOURS = 256  # in the file: edges stay smooth, and it has half the size


def show(figure: Figure, alt: str) -> None:
    """Show a figure in the notebook, with a text that says what it shows, and close it.

    JupyterLab gives its own images no text, so the figure is an `<img>`, which is also shown where a notebook is not
    trusted. Where HTML cannot be shown, the text stands for the figure.

    Args:
        figure: the figure.
        alt: what a person who cannot see it needs to know.
    """
    display({"text/html": element_of(figure, alt), "text/plain": alt}, raw=True)


def element_of(figure: Figure, alt: str) -> str:
    """The figure as an `<img>` with its text; the figure is closed."""
    if not is_english():
        _say_labels(figure)
    image = _image(figure)
    plt.close(figure)
    data = io.BytesIO()
    image.save(data, "png", optimize=True)
    source = base64.b64encode(data.getvalue()).decode()
    width = round(image.width / _SHARPER)
    return f'<img{lang_attribute()} alt="{html.escape(alt)}" width="{width}" src="data:image/png;base64,{source}">'


def _say_labels(figure: Figure) -> None:
    """Say the names of models, panels and rows, which are data, in the language that is spoken."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        names = [text.get_text() for text in axis.get_ticklabels()]
        if (told := [label(name) for name in names]) != names:
            axis.set_ticks(axis.get_ticklocs(), told)
    for text in figure.findobj(Text):
        text.set_text(label(text.get_text()))


def _image(figure: Figure) -> Image.Image:
    """The figure in few colours, on paper: no part of it is transparent."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=_SHOWN * _SHARPER, bbox_inches="tight", pad_inches=0.12)
    return Image.open(drawn).convert("RGB").quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def draw_links(source: Sequence[str], target: Sequence[str], links: Iterable[tuple[int, int]], title: str) -> Figure:
    """Two sentences above one another, joined word by word.

    Args:
        source, target: the words of each.
        links: pairs (i, j): source word i belongs to target word j.
        title: what the figure shows.
    """
    width = max(len(source), len(target))
    figure, axes = plt.subplots(figsize=(1.5 * width + 1, 2.2))
    above, below = ([(width - len(words)) / 2 + n for n in range(len(words))] for words in (source, target))
    for i, j in links:
        axes.plot([above[i], below[j]], [0.82, 0.18], color=NEUTRAL, zorder=0)
    for words, places, y, colour in ((source, above, 1, SOURCE), (target, below, 0, TARGET)):
        for x, text in zip(places, words, strict=True):
            word(axes, x, y, text, colour, size=14)
    blank(axes, title, (-0.6, width - 0.4), (-0.25, 1.25))
    return figure


def draw_encoder_decoder(source: Sequence[str], target: Sequence[str], title: str) -> Figure:
    """The encoder–decoder unrolled in time: source words, states, one context, target words.

    Args:
        source: what the encoder reads.
        target: what the decoder writes, END included; it reads the same words one step later.
        title: what the figure shows.
    """
    reads = ["<start>", *target[:-1]]
    gap = len(source) + 0.5
    width = gap + len(target)
    figure, axes = plt.subplots(figsize=(1.25 * width, 3.2))
    for i, text in enumerate(source):
        _cell(axes, i, f"h{i + 1}", text, SOURCE)
    for t, (text, written) in enumerate(zip(reads, target, strict=True)):
        _cell(axes, gap + 1 + t, f"dh{t + 1}", text, TARGET, written)
    _arrows(axes, [*range(len(source)), gap, *(gap + 1 + t for t in range(len(target)))])
    box(axes, gap, 1, said("context"), CONTEXT)
    _rail(axes, gap, [gap + 1 + t for t in range(len(target))])
    axes.text(
        gap - 0.1, 1.85, said("everything the decoder\nknows of the source"), ha="right", fontsize=8, color=CONTEXT
    )
    blank(axes, title, (-0.7, width + 0.6), (-0.4, 2.5))
    return figure


def _cell(axes: Axes, x: float, state: str, reads: str, colour: str, writes: str | None = None) -> None:
    """One step of an RNN: the word that it reads below, the word that it writes above."""
    box(axes, x, 1, state, colour)
    word(axes, x, -0.1, reads, SOURCE if colour == SOURCE else NEUTRAL)
    arrow(axes, (x, 0.12), (x, 0.62))
    if writes is not None:
        word(axes, x, 2.1, writes, colour, size=12)
        arrow(axes, (x, 1.38), (x, 1.85))


def _rail(axes: Axes, start: float, ends: Sequence[float]) -> None:
    """A line over the boxes that brings the context to every step of the decoder."""
    axes.plot([start, start, ends[-1] - 0.2], [1.3, 1.6, 1.6], color=CONTEXT, linewidth=1.5)
    for x in ends:
        arrow(axes, (x - 0.2, 1.6), (x - 0.2, 1.33), CONTEXT)


def _arrows(axes: Axes, places: Sequence[float]) -> None:
    for left, right in pairwise(places):
        arrow(axes, (left + 0.38, 1), (right - 0.38, 1))


def plot_loss(losses: Sequence[float], title: str) -> Figure:
    """The mean loss of each epoch, in nats per word."""
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.plot(range(1, len(losses) + 1), losses, color=SERIES[0].colour, marker="o", markersize=4)
    axes.set(xlabel=said("epoch"), ylabel=said("loss (nats per word)"), title=title, yscale="log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def plot_by_clauses(
    clauses: Sequence[int],
    curves: dict[str, Sequence[Sequence[float]]],
    trained_up_to: int,
    title: str,
    sample: str = "",
) -> Figure:
    """Exact match against the number of clauses: the mean of all runs, in a band from the worst to the best.

    Args:
        clauses: the numbers of clauses.
        curves: name → for each run, exact match from 0 to 1 for each number of clauses; the baseline first.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
        sample: how many sentences and seeds a point stands for, written below.
    """
    figure, axes = plt.subplots(figsize=(6, 3.2))
    for (name, runs), style in zip(curves.items(), SERIES, strict=False):
        mean_in_band(axes, clauses, [[100 * value for value in run] for run in runs], name, style)
    end_of_training(axes, trained_up_to + 0.5, 103)
    axes.set(
        xlabel=_with(sample, said("clauses in the sentence")),
        ylabel=said("exact match (%)"),
        title=title,
        ylim=(-3, 110),
    )
    axes.set_xticks(list(clauses))
    axes.legend(loc="lower left")
    return figure


def _with(sample: str, label: str) -> str:
    return f"{label} ({sample})" if sample else label


def draw_grid(
    context_sizes: Sequence[int],
    clauses: Sequence[int],
    mean: Sequence[Sequence[float]],
    spread: Sequence[Sequence[float]],
    trained_up_to: int,
    title: str,
    sample: str = "",
) -> Figure:
    """Exact match by context size and number of clauses, as colours and numbers.

    Args:
        context_sizes: one row each, the largest at the top.
        clauses: one column each.
        mean, spread: exact match over several runs, from 0 to 1, for each context size and number of clauses.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
        sample: how many sentences and seeds a cell stands for, written below.
    """
    figure, axes = plt.subplots(figsize=(7.5, 0.55 * len(context_sizes) + 1.7))
    shown = axes.imshow([[100 * value for value in row] for row in mean], "cividis", aspect="auto", vmin=0, vmax=100)
    _write_cells(axes, mean, spread)
    border = list(clauses).index(trained_up_to) + 0.5
    axes.axvline(border, color="white", linestyle="--", linewidth=1.5)
    axes.invert_yaxis()
    axes.annotate(
        said("never seen in training"), (border, 1.02), xycoords=("data", "axes fraction"), fontsize=8, color=NEUTRAL
    )
    axes.set_xticks(range(len(clauses)), clauses)
    axes.set_yticks(range(len(context_sizes)), context_sizes)
    axes.set(xlabel=_with(sample, said("clauses in the sentence")), ylabel=said("numbers in the context"))
    axes.set_title(title, pad=20)
    axes.spines[:].set_visible(False)
    figure.colorbar(shown, label=said("exact match (%)"))
    return figure


def _write_cells(axes: Axes, mean: Sequence[Sequence[float]], spread: Sequence[Sequence[float]]) -> None:
    """Mean and spread in per cent into every cell, in black or white, whichever can be read."""
    for y, (row, widths) in enumerate(zip(mean, spread, strict=True)):
        for x, (value, width) in enumerate(zip(row, widths, strict=True)):
            text = f"{100 * value:.0f} ± {100 * width:.0f}"
            axes.text(x, y, text, ha="center", va="center", fontsize=8, color="black" if value > 0.5 else "white")


def plot_by_part(
    curves: dict[str, Sequence[float]],
    title: str,
    spreads: Sequence[Sequence[float]] | None = None,
    sample: str = "",
) -> Figure:
    """Wrong words by the clause of the source that they come from.

    Args:
        curves: name → share of wrong words, from 0 to 1, for each clause; the curves may differ in length.
        title: what the figure shows.
        spreads: for each curve, a spread for each clause, drawn as bars.
        sample: how many sentences and seeds a point stands for, written below.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3.4))
    colours = plt.get_cmap("viridis")
    for i, (name, values) in enumerate(curves.items()):
        style = {"color": colours(0.9 * i / max(1, len(curves) - 1)), "marker": "os^Dv"[i % 5], "markersize": 5}
        bars = None if spreads is None else [100 * width for width in spreads[i]]
        places = range(1, len(values) + 1)
        axes.errorbar(places, [100 * value for value in values], bars, label=name, capsize=3, **style)
    axes.set(xlabel=_with(sample, said("clause of the English sentence")), ylabel=said("wrong words (%)"), title=title)
    axes.set_ylim(0, None)
    axes.set_xticks(range(1, max(map(len, curves.values())) + 1))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
