"""The figures of the course: one visual language, Hangul on every machine, a text for those who cannot see them.

Colours mean the same in every lesson: source blue, target orange, context green, weights grey to black.
"""

import base64
import html
import io
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

# the colour-blind safe palette of Okabe and Ito (2008)
SOURCE, TARGET, CONTEXT, WARNING, NEUTRAL = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#666666"

_FONT_PACKAGE = "koreanize_matplotlib"
_DPI = 110


def use_course_style() -> None:
    """Set fonts and lines for all figures; Hangul comes from a font that is installed with the course.

    Raises:
        FileNotFoundError: the font is missing; the message says how to get it.
    """
    font_manager.fontManager.addfont(hangul_font())
    family = font_manager.FontProperties(fname=hangul_font()).get_name()
    plt.rcParams.update(
        {
            "font.family": ["DejaVu Sans", family],
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "figure.facecolor": "white",
            "lines.linewidth": 2,
            "legend.frameon": False,
        }
    )


def hangul_font() -> Path:
    """The file of a font that has Hangul.

    Raises:
        FileNotFoundError: the package that brings it is not installed.
    """
    spec = find_spec(_FONT_PACKAGE)
    found = sorted(Path(spec.origin).parent.glob("fonts/NanumGothic.ttf")) if spec and spec.origin else []
    if not found:
        raise FileNotFoundError("no font with Hangul: run `pip install koreanize-matplotlib` in this environment")
    return found[0]


def show(figure: Figure, alt: str) -> None:
    """Show a figure in the notebook, with a text that says what it shows, and close it.

    Args:
        figure: the figure.
        alt: what a person who cannot see it needs to know.
    """
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=_DPI, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    source = base64.b64encode(data.getvalue()).decode()
    image = f'<img alt="{html.escape(alt)}" style="max-width: 100%" src="data:image/png;base64,{source}">'
    display({"text/html": image, "text/plain": alt}, raw=True)


def draw_links(source: Sequence[str], target: Sequence[str], links: Iterable[tuple[int, int]], title: str) -> Figure:
    """Two sentences above one another, joined word by word.

    Args:
        source, target: the words of each.
        links: pairs (i, j): source word i belongs to target word j.
        title: what the figure shows.
    """
    width = max(len(source), len(target))
    figure, axes = plt.subplots(figsize=(1.5 * width + 1, 2.2))
    places = [_row_of_words(axes, words, y, colour, width) for words, y, colour in _two_rows(source, target)]
    for i, j in links:
        axes.plot([places[0][i], places[1][j]], [0.82, 0.18], color=NEUTRAL, zorder=0)
    _blank(axes, title, (-0.6, width - 0.4), (-0.25, 1.25))
    return figure


def _two_rows(source: Sequence[str], target: Sequence[str]) -> list[tuple[Sequence[str], float, str]]:
    return [(source, 1.0, SOURCE), (target, 0.0, TARGET)]


def _row_of_words(axes: Axes, words: Sequence[str], y: float, colour: str, width: int) -> list[float]:
    offset = (width - len(words)) / 2
    for i, word in enumerate(words):
        axes.text(offset + i, y, word, ha="center", va="center", fontsize=14, color=colour)
    return [offset + i for i in range(len(words))]


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
    for i, word in enumerate(source):
        _cell(axes, i, f"h{i + 1}", word, SOURCE)
    for t, (word, written) in enumerate(zip(reads, target, strict=True)):
        _cell(axes, gap + 1 + t, f"d{t + 1}", word, TARGET, written)
    _arrows(axes, [*range(len(source)), gap, *(gap + 1 + t for t in range(len(target)))])
    _box(axes, gap, 1, "context", CONTEXT)
    _rail(axes, gap, [gap + 1 + t for t in range(len(target))])
    axes.text(gap - 0.1, 1.85, "everything the decoder\nknows of the source", ha="right", fontsize=8, color=CONTEXT)
    _blank(axes, title, (-0.7, width + 0.6), (-0.4, 2.5))
    return figure


def _cell(axes: Axes, x: float, state: str, reads: str, colour: str, writes: str | None = None) -> None:
    """One step of an RNN: the word that it reads below, the word that it writes above."""
    _box(axes, x, 1, state, colour)
    axes.text(x, -0.1, reads, ha="center", va="center", fontsize=11, color=NEUTRAL)
    _arrow(axes, (x, 0.12), (x, 0.62))
    if writes is not None:
        axes.text(x, 2.1, writes, ha="center", va="center", fontsize=12, color=colour)
        _arrow(axes, (x, 1.38), (x, 1.85))


def _rail(axes: Axes, start: float, ends: Sequence[float]) -> None:
    """A line over the boxes that brings the context to every step of the decoder."""
    axes.plot([start, start, ends[-1] - 0.2], [1.3, 1.6, 1.6], color=CONTEXT, linewidth=1.5)
    for x in ends:
        _arrow(axes, (x - 0.2, 1.6), (x - 0.2, 1.33), CONTEXT)


def _box(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    shape = FancyBboxPatch((x - 0.3, y - 0.25), 0.6, 0.5, "round,pad=0.06", fc=colour, ec="none", zorder=2)
    axes.add_patch(shape)
    axes.text(x, y, text, ha="center", va="center", color="white", fontsize=10, zorder=3)


def _arrows(axes: Axes, places: Sequence[float]) -> None:
    for left, right in pairwise(places):
        _arrow(axes, (left + 0.38, 1), (right - 0.38, 1))


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = NEUTRAL) -> None:
    style = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)


def _blank(axes: Axes, title: str, xlim: tuple[float, float], ylim: tuple[float, float]) -> None:
    axes.set(xlim=xlim, ylim=ylim, title=title)
    axes.set_axis_off()


def plot_loss(losses: Sequence[float], title: str) -> Figure:
    """The mean loss of each epoch, in nats a word."""
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.plot(range(1, len(losses) + 1), losses, color=TARGET, marker="o", markersize=4)
    axes.set(xlabel="epoch", ylabel="loss (nats a word)", title=title, yscale="log")
    return figure


def plot_by_clauses(
    clauses: Sequence[int], curves: dict[str, Sequence[float]], trained_up_to: int, title: str
) -> Figure:
    """Exact match against the number of clauses, with the line where training ends.

    Args:
        clauses: the numbers of clauses.
        curves: name → exact match, from 0 to 1, for each number of clauses.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(6, 3.2))
    for (name, values), marker in zip(curves.items(), "os^Dv", strict=False):
        axes.plot(clauses, [100 * value for value in values], marker=marker, label=name)
    axes.axvline(trained_up_to + 0.5, color=NEUTRAL, linestyle="--", linewidth=1)
    axes.text(trained_up_to + 0.55, 103, "never seen in training", fontsize=8, color=NEUTRAL)
    axes.set(xlabel="clauses in the sentence", ylabel="exact match (%)", title=title, ylim=(-3, 110))
    axes.set_xticks(list(clauses))
    axes.legend(loc="lower left")
    return figure


def draw_grid(
    context_sizes: Sequence[int],
    clauses: Sequence[int],
    mean: Sequence[Sequence[float]],
    spread: Sequence[Sequence[float]],
    trained_up_to: int,
    title: str,
) -> Figure:
    """Exact match by context size and number of clauses, as colours and numbers.

    Args:
        context_sizes: one row each, the largest at the top.
        clauses: one column each.
        mean, spread: exact match over several runs, from 0 to 1, for each context size and number of clauses.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7.5, 0.55 * len(context_sizes) + 1.5))
    shown = axes.imshow([[100 * value for value in row] for row in mean], "cividis", aspect="auto", vmin=0, vmax=100)
    for y, (row, widths) in enumerate(zip(mean, spread, strict=True)):
        for x, (value, width) in enumerate(zip(row, widths, strict=True)):
            text = f"{100 * value:.0f} ± {100 * width:.0f}"
            axes.text(x, y, text, ha="center", va="center", fontsize=8, color="black" if value > 0.5 else "white")
    axes.axvline(list(clauses).index(trained_up_to) + 0.5, color="white", linestyle="--", linewidth=1.5)
    axes.text(
        list(clauses).index(trained_up_to) + 0.55, len(context_sizes) - 0.42, "never seen", fontsize=8, va="bottom"
    )
    axes.set_xticks(range(len(clauses)), clauses)
    axes.set_yticks(range(len(context_sizes)), context_sizes)
    axes.invert_yaxis()
    axes.set(xlabel="clauses in the sentence", ylabel="numbers in the context", title=title)
    axes.spines[:].set_visible(False)
    figure.colorbar(shown, label="exact match (%)")
    return figure


def plot_by_part(
    curves: dict[str, Sequence[float]], title: str, spreads: Sequence[Sequence[float]] | None = None
) -> Figure:
    """Wrong words by the clause of the source that they come from.

    Args:
        curves: name → share of wrong words, from 0 to 1, for each clause; the curves may differ in length.
        title: what the figure shows.
        spreads: for each curve, a spread for each clause, drawn as bars.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3.4))
    colours = plt.get_cmap("viridis")
    for i, (name, values) in enumerate(curves.items()):
        style = {"color": colours(0.9 * i / max(1, len(curves) - 1)), "marker": "os^Dv"[i % 5], "markersize": 5}
        bars = None if spreads is None else [100 * width for width in spreads[i]]
        places = range(1, len(values) + 1)
        axes.errorbar(places, [100 * value for value in values], bars, label=name, capsize=3, **style)
    axes.set(xlabel="clause of the English sentence", ylabel="wrong words (%)", title=title, ylim=(0, None))
    axes.set_xticks(range(1, max(map(len, curves.values())) + 1))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
